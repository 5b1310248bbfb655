import type { PostKind } from '../posts/table.ts';
import type { CommentMode } from '../site/table.ts';

/** A post or page that an empty site is filled with. */
export interface SamplePost {
  readonly kind: PostKind;
  readonly title: string;
  readonly slug: string;
  /** Hours before the site's first start. */
  readonly hoursAgo: number;
  readonly tags: readonly string[];
  /** null: as the site. */
  readonly mode: CommentMode | null;
  /** Markdown. */
  readonly source: string;
  /** In the order in which they were written. */
  readonly comments: readonly SampleComment[];
  readonly closing?: { readonly reason: string; readonly hoursAgo: number };
}

/** A comment in a sample conversation. */
export interface SampleComment {
  /** The guest's name; none: the author of the post. */
  readonly by?: string;
  /** Place in the list of the comment that it answers; none: it answers the post. */
  readonly answers?: number;
  readonly hoursAgo: number;
  readonly source: string;
}

/** The post that the site is first looked at by, with a conversation that is over. */
export const lackingLeadership: SamplePost = {
  kind: 'post',
  title: 'Lacking leadership',
  slug: 'lacking-leadership',
  hoursAgo: 9 * 24 + 3,
  tags: ['Leadership', 'Organisations'],
  mode: null,
  source:
    flowing(`Ask anybody in a town hall who looks after the buildings, and you get a name. Ask who looks after the money, and
everyone gives you the same name. Then ask who looks after the way the place works, now that nearly all of it passes
through a screen. People look at each other. Somebody says that it depends.

That pause is what this post is about.

## Much doing, little deciding

It is not as if nothing happened. Forms move online, teams meet in front of a board every morning, a pilot is declared a
success. What I miss is a person who can look at two good projects and stop one of them; who can tell a department that a
paper form ends on a certain day, and is believed. Without such a person the work does not come to a halt. It spreads out
thinly, and after three years there are forty new services and the queue at the counter is as long as it was.

## Three explanations

I keep hearing the same three, and each of them is half right.

- **It belongs to all of us.** So does honesty. But what belongs to all of us is in nobody’s diary on a Tuesday.
- **We hired someone for that.** Often someone capable, two floors below those who decide, with a budget for workshops.
- **The technicians will see to it.** They keep the machines honest, which fills the day. Asking them to rearrange how
  housing talks to benefits is like asking the plumber to settle who cooks.

## What it would take

Not a visionary. The best I have met used to run the office for parking permits. She had three things: a say when money is
shared out, the habit of reading complaints before breakfast, and leave, in writing, to switch old things off. She made use
of that paper twice. After the second time nobody asked to see it.

> If you want to know whether anyone leads, look for the last thing that was stopped.

If there is such a person where you work, I would like to hear how they came to it. If it is you, I would like to hear what
it costs.`),
  comments: [
    {
      by: 'Tomasz Nowicki',
      hoursAgo: 8 * 24 + 20,
      source: flowing(`The pause I know well. It lasts about four seconds here, I have counted.

But I am the plumber in your picture, and I would draw it differently. When the pipe bursts, the plumber is the only one who
knows which wall it runs through. Most plans that reach my desk were finished before anybody asked about the walls. Then we
are the ones who say no, and the story goes that *the technicians* are against change.

So by all means find your lady from parking permits. But let her come down to the cellar **before** the kitchen is drawn.`),
    },
    {
      answers: 0,
      hoursAgo: 8 * 24 + 16,
      source: flowing(`I take the plumber back, Tomasz, and keep your cellar: that is the better picture.

What I was after is smaller than it sounded. I want you there from the first sketch on. I only would not file the whole
change under equipment, because from that day on everyone else feels excused from it. Somebody has to own the awkward
part, which is people doing their work differently, and that should not be added to the job of keeping the lights on.`),
    },
  ],
  closing: {
    reason: 'Cellar and kitchen have both been heard, and a later post takes it up from here.',
    hoursAgo: 4 * 24,
  },
};

/** The post whose conversation is open, to try it out; it says how replying goes. */
export const howWeTalk: SamplePost = {
  kind: 'post',
  title: 'How we talk here',
  slug: 'how-we-talk-here',
  hoursAgo: 2 * 24 + 5,
  tags: ['Conversation'],
  mode: null,
  source:
    flowing(`Under every post of this site there is room for a conversation, and it is meant to be as good as the post. A few
things help with that.

**You need no account.** A name is enough. An e-mail address is welcome but not asked for, and nobody gets to see it,
not even the staff. You can write *with emphasis*, add [a link](/about) or quote:

> Like this, with a \`>\` in front of the line.

**The first time, someone reads along.** A first comment waits for a person, not for a machine that counts words. While it
waits you see it in its place, with the reason, and nobody else does. After that your comments appear at once.

**Answer the one you mean.** Each comment can be replied to, and the reply stands below it. So two people can get to the
bottom of something while the others go on.

**What is hidden is not erased.** If a comment is taken away, what others said in reply stays readable. If a conversation is
closed, a line under it says so, and mostly why.

And disagree, please. A sentence that begins with “I saw it go the other way” is worth three that begin with “Great post”.`),
  comments: [
    {
      by: 'Marit Solberg',
      hoursAgo: 2 * 24 + 1,
      source:
        flowing(`Is there a way to tell whether my comment arrived? On other sites I press the button, the text is gone, and I
write it a second time. Then both of them turn up a week later.`),
    },
    {
      answers: 0,
      hoursAgo: 47,
      source:
        flowing(`There is: after you send it you are taken to it, and while it waits there is a dashed line around it that says so.
If you do send it twice, it is still one comment. Try it, nothing can break.`),
    },
    {
      by: 'Kwame Asante',
      hoursAgo: 30,
      source: flowing(`I like that a closing comes with its reasons. In our reading group we had a rule for that:

1. Whoever ends a discussion says what was learned.
2. Whoever wants it back says what was forgotten.

It kept us polite, and it kept the minutes short.`),
    },
    {
      by: 'Marit Solberg',
      answers: 1,
      hoursAgo: 26,
      source: flowing(
        `I tried, and it is one. And this reply was there as soon as I had sent it. So that is what it is like to be known!`,
      ),
    },
  ],
};

/** The page that says what all of this is. */
export const about: SamplePost = {
  kind: 'page',
  title: 'About',
  slug: 'about',
  hoursAgo: 10 * 24,
  tags: [],
  mode: 'closed',
  source:
    flowing(`This is a new site made with Rejoinder, a blog whose readers have a say. Posts stand on the front page, the newest
first; the index has all of them by year and by title.

## What you see is an example

This page, the posts and the conversations under them came with the program, to show what they look like. Imogen Hartley, who
signs them, does not exist, and neither do her readers.

## If this is your site

Sign in and open *Write*: everything that is here can be changed or deleted there, this page included. New comments wait for
you under *Moderation*. Under *Settings* you give the site its name, and decide who may comment without waiting.`),
  comments: [],
};

// Lines are broken here for whoever reads this file; on the page, and in the field of the desk, a paragraph is one line.
function flowing(source: string): string {
  return source.replace(/(?<!\n)\n(?!\n|#|> |- |\d\. ) */g, ' ');
}
