import type { AttemptLimits } from '../accounts/attempts.ts';
import type { AppContext } from '../context.ts';
import type { AskOutside } from './ask-outside.ts';
import type { ConversationContext } from './conversation-page.ts';
import type { PostReply } from './reply-lines.ts';

/** What it takes to answer a reply. */
export type ReplyContext = ConversationContext &
  Pick<AppContext, 'config' | 'secrets'> & {
    readonly limits: AttemptLimits;
    readonly post: PostReply;
    readonly askOutside: AskOutside;
  };
