/** In which comments are written. */
export type Language = 'english' | 'russian' | 'hebrew';

/** What people write in one language: sentences with wordings to choose from. */
export interface GoodTexts {
  readonly language: Language;
  readonly names: readonly string[];
  /** So short that many write the same. */
  readonly thanks: readonly string[];
  /** How somebody begins, with a comma, and what is said behind a sentence in passing: no two people put it the same way. */
  readonly openings: readonly string[];
  readonly asides: readonly string[];
  readonly questions: readonly string[];
  readonly remarks: readonly string[];
  /** What stands before a link. */
  readonly links: readonly string[];
  /** What is said about a sentence of the post. */
  readonly answers: readonly string[];
  /** Sentences of posts, which are quoted. */
  readonly quotable: readonly string[];
}

// At the bars that stand in no braces.
function splitUp(text: string): string[] {
  return text.split(/\|(?![^{]*\})/);
}

// What posts and their comments are about: each sentence may be about any of them.
const thing =
  '{the oven|my old bicycle|the garden|a sourdough starter|the heating|our allotment|the router|a wooden boat|the piano|the library|my camera|the roof|the tram line|a home server|the compost|the stove|the beehive|the choir|my typewriter|the greenhouse}';
const when =
  '{last winter|in March|three years ago|during the holidays|on Sunday|before the move|last week|when I was a student|in 1998|the other day|after the storm|this morning|in our second year|back in May}';
const who =
  '{my neighbour|a friend from Porto|my grandmother|an engineer I know|the man at the shop|my daughter|our old teacher|a colleague|the woman who sold it to us|my brother-in-law|somebody on the train|a plumber}';
const number = '{two|three|four|five|six|seven|nine|eleven|twelve|fifteen|twenty|thirty|forty}';
const quality =
  '{noisy|cheap|heavier than it looks|surprisingly robust|badly documented|a joy to use|slow|hard to find|overrated|beautiful|fragile|out of fashion|simpler than I feared|worth the money}';

const english: GoodTexts = {
  language: 'english',
  openings: splitUp(
    'Honestly|As far as I can tell|Well|Not that it matters, but|Having read this twice|From the other side of the river|Speaking as a {nurse|baker|renter|beginner|cyclist|retired teacher}|With all respect|Funny|I may be wrong, but|After {two|nine|thirty} years of this|Let me add|Since nobody has said it yet|To my surprise|Reading this on the {bus|balcony|ferry|night shift}|On a more serious note|Oh dear|At the risk of sounding {old|naive|bitter|pedantic}|For once|Coming from {Wales|Ghent|the coast|a family of tilers}',
  ),
  asides: splitUp(
    'at least over here|if memory serves|and it rained all week|which surprised even the children|no offence meant|says the label|touch wood|for better or worse|much to the delight of the cat|and I counted twice|as the receipt still proves|in case anybody keeps a list|unlike the one in your photo|give or take a Tuesday|before the coffee had cooled|not counting the shed|if the archive is right|whatever the forum says|and yes, that hurt|at a third of the price|until the mayor came by|because somebody had to|with a spoon|in broad daylight',
  ),
  names:
    'Anna|Ben|Carla M.|dan_k|Eleanor|Farid|greta|Hugh P.|Ines|Jonas|Kim|Leo|Maddy|Nora|Oskar|Petra W.|quill|Ruth|Sam|Tilda|Ulf|Vera|wim|Yusuf|Zoe'.split(
      '|',
    ),
  thanks: [
    '{Thanks|Thank you|Many thanks}{!|.| for this!| a lot.| for writing this.}',
    '{Great|Lovely|Very nice|Interesting} {post|read|article}{.|!|, thanks.}',
    '{I agree.|Exactly this.|So true.|Well said.|This.|+1}',
    '{Same here.|Me too!|Looking forward to part two.|Bookmarked.|Made my day 😊}',
  ],
  questions: [
    `{Did you ever try|Have you tried|Has anybody repeated|Would you do|Could one do} {this|the same|that|all of it} with ${thing}{, and if so, how did it go|, or is that hopeless|, given that it is ${quality}|; ${who} asked me ${when}}?`,
    `{How long did it take|How many weekends went into it|What did it cost} {until|before} ${thing} {worked again|was quiet|found its place}? {Mine|Ours|The one here} {is|has become|seems} ${quality}{ since the repair| again|, and ${who} has given up|}.`,
    `What would you do if ${thing} were ${quality} and you had only ${number} {days|weekends|euros|hours}?`,
    `{Is it true|Did I get it right|Somebody claims, is it so,|The caption says} that ${who} {built|designed|found|paid for} ${thing}{, or did I get that wrong| ${when}| alone| for ${number} euros}?`,
    `Could you say {something|a little more|a word} about the {part|step|photo|drawing} where ${thing} is taken apart?`,
    `Where does one get {spare parts|instructions|the right wood|a licence} for ${thing} these days?`,
    `Why not simply {sell|paint|repair|ignore|rent out|replace} ${thing} and be done with it?`,
    `Does the same hold for ${thing}? ${who} {swears|doubts|claims|hopes} that it does.`,
    `I wonder {whether|why|how} ${thing} became so ${quality} ${when}; any idea?`,
    `Which of the ${number} {methods|books|tools|models} would you recommend to {a beginner|somebody without a cellar|a school|impatient people}?`,
    `{Sorry if this was asked before|A stupid question perhaps}, but who pays for ${thing} once ${who} has moved away?`,
    `Will there be a {follow-up|talk|second part|meeting} about ${thing}? I missed the one ${when}.`,
  ],
  remarks: [
    `I had almost the same with ${thing} ${when}, except that ours was ${quality}.`,
    `${who} told me ${when} that ${thing} would last another ${number} years, and so far that was right.`,
    `We sold ${thing} ${when} and I regret it {every day|a little|more than I expected|not at all}.`,
    `In my experience ${thing} is ${quality}, but only if you {oil it|leave it alone|read the manual|ask around|keep it dry} first.`,
    `There were ${number} of us ${when} and nobody knew what to do with ${thing}.`,
    `The picture of ${thing} made me laugh, because ${who} has exactly that one in the {kitchen|attic|shed|office}.`,
    `What I miss in your list is ${thing}: it is ${quality}, and ${who} still uses it.`,
    `It took ${number} attempts and the help of ${who} until ours was no longer ${quality}.`,
    `To be fair, ${thing} was never meant for {children|winter|that|rented flats|two people}, as ${who} keeps saying.`,
    `My {father|aunt|first boss|landlord} used to say that whoever owns ${thing} needs no {enemies|television|gym|alarm clock}.`,
    `We are ${number} people in the village, and ${thing} is what {divides|unites|ruins|saves} us.`,
    `Somewhere around the ${number}th page of the manual it says that ${thing} must never be {cleaned|moved|left alone|painted green}.`,
    `The council decided ${when} that ${thing} stays, which ${who} calls a {scandal|miracle|compromise}.`,
    `I measured it: ${number} per cent less since we {insulated|sold|repaired|stopped using} ${thing}.`,
    `Our ${number} year old learned to {read|swim|count|whistle} while we were fixing ${thing}.`,
    `Prices have {doubled|fallen|gone mad} since ${when}, so ${thing} will have to wait.`,
    `I disagree about ${thing}; calling it ${quality} misses what it was {built|bought|invented} for.`,
    `You forgot to mention that ${who} did all of this ${when} without any {money|tools|permission|electricity}.`,
    `For what it is worth, ${thing} in our street was ${quality} even before ${when}.`,
    `Half of the people here have ${thing} and no idea how {it works|old it is|much it costs}.`,
    `That reminds me of ${who}, who spent ${number} weeks on ${thing} and then {gave it away|lost the key|moved to Norway|started again}.`,
    `If I had known ${when} how ${quality} this gets, I would have {waited|asked you|bought two|kept quiet}.`,
    `We tried the opposite with ${thing}, and after ${number} months I can report that it is ${quality}.`,
    `Small correction: it was not ${when} but a year later, and ${who} was there.`,
  ],
  links: [
    `I wrote down how we did it with ${thing}: `,
    `The drawings of ${thing} that ${who} made are at `,
    `There is an old article on that, from ${when}: `,
    `See also `,
  ],
  answers: [
    `That is where I would ask ${who}.`,
    `Not with ${thing}, I am afraid.`,
    'Exactly.',
    `{Yes, but|Well,} what about ${thing}? It is ${quality}.`,
    `This is the sentence I read to ${who} ${when}.`,
    'Is there a source for that?',
  ],
  quotable: [
    `A thing that nobody has repaired belongs to nobody, {however long it has stood|wherever it stands} in the corner of the workshop.`,
    `What we call patience is for the most part not knowing what else there would be to do with ${thing}.`,
    `The first ${number} attempts taught me nothing, and I would not want to have missed one of them for the world.`,
    `Whoever asks for the price of ${thing} has not yet understood what it is that they are about to lose by it.`,
    `Nothing in the manual prepares you for the moment at which ${who} looks at ${thing} and shakes their head.`,
  ],
};

const вещь =
  '{старый велосипед|наша дача|печка|самовар|роутер|библиотека|пианино|закваска|теплица|лодка|трамвай|пишущая машинка|крыша|фотоаппарат|домашний сервер|огород}';
const когда =
  '{прошлой зимой|в марте|три года назад|на каникулах|в воскресенье|ещё до переезда|на той неделе|в студенчестве|в девяностые|сегодня утром|после грозы|летом}';
const кто =
  '{мой сосед|бабушка|знакомый инженер|продавец|дочка|наш учитель|коллега|тёща|попутчик в поезде|брат жены|сантехник|одна знакомая из Твери}';
const какой =
  '{тяжелее, чем кажется|на удивление прочно|дорого|просто чудо|медленно|ненадёжно|не по погоде|красиво|шумно}';
const сколько = '{два|три|четыре|пять|шесть|семь|девять|десять|двенадцать|двадцать|сорок}';

const russian: GoodTexts = {
  language: 'russian',
  openings: splitUp(
    'Честно говоря|Насколько я понимаю|Не то чтобы это важно, но|Перечитал дважды и скажу|Как {врач|пекарь|новичок|велосипедист|пенсионер}|Со всем уважением|Смешно, но|Может, я не прав, но|После {двух|девяти|тридцати} лет|Добавлю|Раз никто ещё не сказал|К моему удивлению|Читаю это {в автобусе|на балконе|в ночную смену}|Если серьёзно|Рискуя показаться {старым|наивным|занудой}|В кои-то веки',
  ),
  asides: splitUp(
    'по крайней мере у нас|если память не изменяет|и всю неделю лил дождь|чему удивились даже дети|без обид|тьфу-тьфу|к радости кота|я считал два раза|чек ещё цел|не то что на вашей фотографии|пока кофе не остыл|не считая сарая|что бы ни писали на форуме|и да, было больно|втрое дешевле|потому что кто-то же должен|ложкой|средь бела дня|на глазах у всего двора',
  ),
  names:
    'Аня|Борис|Вера К.|Глеб|Дарья|Егор|Женя|Зоя|Илья|Катя Л.|Лев|Маша|Ника|Олег|Полина|Рита|Семён|Тимур|Фёдор|Юля'.split(
      '|',
    ),
  thanks: [
    '{Спасибо|Большое спасибо|Благодарю}{!|.| за статью!| вам.}',
    '{Отлично|Интересно|Очень хорошо} {написано|получилось}{.|!}',
    '{Согласен.|Согласна.|Именно так.|Точно!|Плюсую.|Жду продолжения.}',
  ],
  questions: [
    `А вы не пробовали сделать то же самое, когда ${вещь} — это ${какой}?`,
    `Сколько времени ушло, пока ${вещь} не {заработал|вернулся к жизни|перестал мешать}? У нас ${когда} было ${сколько} недель.`,
    `{Правда ли, что|Верно ли я понял:|Неужели} ${кто} {построил|придумал|купил|нашёл} {всё это|такое|первый вариант} {сам?|${когда}?|за ${сколько} дней?|, или я {неправильно понял|что-то путаю}?}`,
    `Где сейчас вообще {достать|найти|купить} {запчасти|инструкцию|нужные доски}, если ${вещь} старше меня?`,
    `Почему бы просто не {продать|покрасить|починить|подарить} всё это, как сделал ${кто} ${когда}?`,
    `Какой из ${сколько} способов вы бы посоветовали {новичку|школе|тому, у кого нет подвала|нетерпеливым}?`,
    `Будет ли {продолжение|встреча|вторая часть} про то, как ${вещь} пережил зиму? Прошлую я {пропустил|не застал}.`,
    `{Извините, если уже спрашивали|Может, глупый вопрос}: кто платит, когда ${вещь} остаётся без хозяина?`,
  ],
  remarks: [
    `У нас почти так же было ${когда}, только ${вещь} — это оказалось ${какой}.`,
    `Мне ${кто} ещё ${когда} говорил, что ${вещь} простоит лет ${сколько}, и пока так и есть.`,
    `Мы продали всё ${когда}, и теперь я {жалею об этом|ни о чём не жалею|скучаю}.`,
    `По моему опыту, ${вещь} — это ${какой}, если {сначала прочитать инструкцию|не трогать зря|держать в сухом месте}.`,
    `Нас было ${сколько} человек, и никто не знал, зачем нужен ${вещь}.`,
    `Фотография насмешила: у нас дома ${кто} хранит точно такое же {на балконе|в сарае|на кухне|под кроватью}.`,
    `В списке не хватает одного: ${вещь}, которым ${кто} пользуется до сих пор.`,
    `Понадобилось ${сколько} попыток и ${кто}, чтобы стало не так уж ${какой}.`,
    `Справедливости ради, ${вещь} никогда не был рассчитан на {детей|морозы|съёмную квартиру|двоих}.`,
    `Покойный дед повторял: у кого есть ${вещь}, тому не нужен {телевизор|будильник|спортзал|враг}.`,
    `Я посчитал: на ${сколько} процентов меньше с тех пор, как ${кто} всё {утеплил|починил|выбросил}.`,
    `Не согласен: ${какой} — это не про ${вещь}, а про то, как с ним {обращаются|живут|спорят}.`,
    `Вы забыли, что ${кто} всё это проделал ${когда} без {денег|инструмента|разрешения|электричества}.`,
    `Цены с тех пор {выросли вдвое|упали|сошли с ума}, так что ${вещь} подождёт.`,
    `Это напомнило, как ${кто} потратил ${сколько} недель, а потом {всё раздал|потерял ключ|уехал в Норвегию|начал заново}.`,
    `Небольшая поправка: это случилось не ${когда}, а годом позже, и ${кто} там был.`,
  ],
  links: [`Я записал, как это делал ${кто}: `, `Есть старая статья, ещё ${когда} читал: `, 'Вот ещё: '],
  answers: [
    `Тут я бы спросил, что думает ${кто}.`,
    'Именно!',
    'А источник есть?',
    `Да, но ${вещь}? Это ${какой}.`,
    `Это место я ${когда} читал вслух, ${кто} смеялся.`,
  ],
  quotable: [
    `Вещь, которую никто не чинил, никому и не принадлежит, сколько бы она ни стояла в углу у двери мастерской.`,
    `То, что мы зовём терпением, чаще всего означает, что ${вещь} просто некуда больше деть до самой весны.`,
    `Первые ${сколько} попыток ничему меня не научили, и ни одной из них я не хотел бы забыть ни за какие деньги.`,
  ],
};

const דבר =
  '{האופניים הישנים|הגינה|התנור|הספרייה|הפסנתר|המחמצת|הסירה|הגג|המצלמה|השרת הביתי|הכוורת|המקהלה|קו הרכבת|מכונת הכתיבה|החממה}';
const מתי =
  '{בחורף שעבר|במרץ|לפני שלוש שנים|בחופשה|ביום ראשון|לפני המעבר|בשבוע שעבר|כשהייתי סטודנט|הבוקר|אחרי הסערה|בקיץ}';
const מי = '{השכן שלי|סבתא|מהנדס שאני מכיר|המוכר בחנות|הבת שלי|המורה הישן|עמיתה|גיסי|מישהו ברכבת|השרברב|חברה מחיפה}';
const איך = '{רועש|יקר|כבד ממה שנראה|תענוג|איטי|קשה להשגה|יפה|שביר|פשוט ממה שחששתי}';
const כמה = '{שניים|שלושה|ארבעה|חמישה|שישה|שבעה|תשעה|עשרה|עשרים|ארבעים}';

const hebrew: GoodTexts = {
  language: 'hebrew',
  openings: splitUp(
    'האמת|עד כמה שאני מבין|לא שזה משנה, אבל|אחרי שקראתי פעמיים|בתור {אחות|אופה|מתחיל|רוכב אופניים|גמלאי}|עם כל הכבוד|מצחיק, אבל|אולי אני טועה, אבל|אחרי {שנתיים|תשע שנים|שלושים שנה}|רק אוסיף|אם אף אחד עוד לא אמר|להפתעתי|קורא את זה {באוטובוס|במרפסת|במשמרת לילה}|ברצינות|לשם שינוי',
  ),
  asides: splitUp(
    'לפחות אצלנו|אם הזיכרון לא מטעה אותי|וירד גשם כל השבוע|מה שהפתיע אפילו את הילדים|בלי להעליב|טפו טפו|לשמחת החתול|ספרתי פעמיים|והקבלה עוד אצלי|לא כמו בתמונה שלכם|לפני שהקפה התקרר|חוץ מהמחסן|ולא משנה מה כתוב בפורום|וכן, זה כאב|בשליש מחיר|כי מישהו היה חייב|עם כפית|לאור יום|לעיני כל השכנים',
  ),
  names: 'אבי|ברכה|גיל|דנה|הדס|ורד|זיו|חנה|טל|יעל|כרמית|לאה|מאיר|נועה|סיגל|עומר|פנינה|רוני|שירה|תמר'.split('|'),
  thanks: [
    '{תודה|תודה רבה|המון תודה}{!|.| על הפוסט!}',
    '{מעניין|יפה|מצוין}{.|!| מאוד.}',
    '{מסכים.|מסכימה.|בדיוק.|גם אצלנו.}',
  ],
  questions: [
    `{ניסיתם פעם|מישהו כבר ניסה|הייתם מעזים} לעשות את {זה|אותו דבר} עם ${דבר}{, ואם כן, איך יצא|, או שזה אבוד| כש${מי} בבית}?`,
    `כמה זמן לקח עד ש${דבר} שוב עבד? אצלנו ${מתי} זה היה ${איך}.`,
    `נכון ש${מי} בנה את כל זה לבד, או שאני {טועה|מבלבל}?`,
    `איפה אפשר היום {למצוא|לקנות|להשיג} {חלקים|הוראות|עץ מתאים} בשביל ${דבר}?`,
    `למה לא פשוט {למכור|לצבוע|לתקן|להשכיר} את ${דבר} כמו שעשה ${מי} ${מתי}?`,
    `על איזו מ${כמה} השיטות הייתם ממליצים {למתחילים|לבית ספר|למי שאין לו מרתף}?`,
    `יהיה {המשך|מפגש|חלק שני} על ${דבר}? את הקודם ${מתי} פספסתי.`,
  ],
  remarks: [
    `אצלנו קרה כמעט אותו דבר ${מתי}, רק ש${דבר} היה ${איך}.`,
    `${מי} אמר לי ${מתי} ש${דבר} יחזיק עוד ${כמה} חורפים, ובינתיים הוא צודק.`,
    `מכרנו את ${דבר} ${מתי} ואני {מתחרט כל יום|לא מתחרט בכלל|קצת מתגעגע}.`,
    `מהניסיון שלי ${דבר} זה ${איך}, אבל רק אם {קוראים קודם את ההוראות|לא נוגעים יותר מדי|שומרים יבש}.`,
    `היינו ${כמה} אנשים ואף אחד לא ידע מה עושים עם ${דבר}.`,
    `התמונה הצחיקה אותי, כי ${מי} שומר בדיוק אחד כזה {במרפסת|במחסן|במטבח|מתחת למיטה}.`,
    `מה שחסר ברשימה זה ${דבר}: ${איך}, ו${מי} עדיין משתמש בו.`,
    `לקח ${כמה} ניסיונות ועזרה של ${מי} עד שזה הפסיק להיות ${איך}.`,
    `האמת ש${דבר} אף פעם לא היה מיועד {לילדים|לחורף|לדירה שכורה}, כמו ש${מי} אומר.`,
    `מדדתי: ${כמה} אחוזים פחות מאז ש${מי} {תיקן|בודד|זרק} את ${דבר}.`,
    `לא מסכים, מי שאומר ש${דבר} הוא ${איך} לא מבין בשביל מה {בנו|קנו|המציאו} אותו.`,
    `שכחת לציין ש${מי} עשה את כל זה ${מתי} בלי {כסף|כלים|רישיון|חשמל}.`,
    `זה מזכיר לי איך ${מי} בילה ${כמה} שבועות על ${דבר} ואז {נתן אותו במתנה|איבד את המפתח|התחיל מחדש}.`,
    `תיקון קטן: זה לא היה ${מתי} אלא שנה אחר כך, ו${מי} היה שם.`,
  ],
  links: [`כתבתי איך עשינו את זה עם ${דבר}: `, `יש כתבה ישנה, קראתי אותה ${מתי}: `, 'ראו גם: '],
  answers: ['בדיוק.', 'יש לזה מקור?', `כאן הייתי שואל את ${מי}.`, `כן, אבל מה עם ${דבר}? זה ${איך}.`],
  quotable: [
    'דבר שאף אחד לא תיקן אינו שייך לאף אחד, גם אם הוא עומד שנים רבות בפינה של בית המלאכה.',
    `מה שאנחנו קוראים לו סבלנות הוא בדרך כלל רק זה שאין לנו מה לעשות עם ${דבר} עד סוף החורף.`,
  ],
};

/** What people write, by language, each with the share of the good comments that are in it. */
export const goodTexts: readonly { readonly share: number; readonly texts: GoodTexts }[] = [
  { share: 0.5, texts: english },
  { share: 0.3, texts: russian },
  { share: 0.2, texts: hebrew },
];
