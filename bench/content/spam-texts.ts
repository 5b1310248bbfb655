import type { Language } from './good-texts.ts';

/** What is sold in one language: sentences with wordings to choose from. */
export interface SpamTexts {
  readonly language: Language;
  readonly names: readonly string[];
  readonly greetings: readonly string[];
  /** What is said of what is sold: a campaign has some of them. */
  readonly pitches: readonly string[];
  /** Words with which a copy differs from the others. */
  readonly praise: readonly string[];
  /** What is sold, which is what gets disguised. */
  readonly goods: readonly string[];
  /** A few words between links. */
  readonly calls: readonly string[];
  /** What somebody writes by hand, who is paid for it. */
  readonly byHand: readonly string[];
}

const english: SpamTexts = {
  language: 'english',
  names:
    'James|Linda|Best Loans|casino online|Dr. Okoro|Maria|seo expert|Robert W|cheap watches|Susan|crypto guru|Kevin'.split(
      '|',
    ),
  greetings: 'Hello|Hi everybody|Good day|Dear all|Hey there|Greetings|Hello friends|Wow|Hi admin|Good morning'.split(
    '|',
  ),
  pitches: [
    '{I was|My husband was|My sister was} {sick|in debt|without work} for {years|a long time|many months} until {a friend|a neighbour|somebody online} told me of {this service|this man|this company}.',
    'They {paid out|sent|transferred} 2400 {dollars|euros|pounds} to my account within {two days|an hour|one week}, without any {questions|paper|fee}.',
    'You {only need|just have} to {write|register|send a message} {today|now|before Friday}, places are {limited|almost gone|few}.',
    'This {website|article|page} has {valuable|wonderful|quality} {information|content|material}; {I have shared it with|I will tell} all my {friends|colleagues|followers}.',
    '{Our|The best} {casino|pharmacy|replica watches|payday loan|forex broker} {offers|gives} a bonus of 300 to every new {customer|player|member}.',
    '{No|Without a} {prescription|credit check|deposit|experience} {is needed|required}, {discreet|fast|free} delivery to {all countries|your door|every state}.',
    'Is your {site|blog|shop} not on the first page of {search results|the search engine}? Our {experts|team} {bring|deliver} 5000 {visitors|backlinks} a {day|week}.',
    'He {cured|healed|helped} me {completely|with herbs|within three weeks} when all {doctors|hospitals|pills} had {failed|given up}.',
    'Earn {money|an income|a second salary} from home with {a simple trick|our system|this robot}, I made 870 in my first {week|weekend|month}.',
    'Contact {him|her|them} at {the address below|my profile|the link in my name} and {thank me later|change your life|see for yourself}.',
    '{Beautiful|Lonely|Single} {women|girls|ladies} {near you|in your town} are {waiting|online now} and want to {chat|meet|write}.',
    'We {sell|supply|deliver} {original|real|registered} {documents|licences|diplomas} for {everybody|any country} at a {fair|low} price.',
  ],
  praise:
    'great|wonderful|amazing|honest|excellent|superb|brilliant|helpful|kind|fast|incredible|reliable|perfect|nice|quick'.split(
      '|',
    ),
  goods: 'viagra|casino|cialis|payday loan|poker|replica|escort|bitcoin|xanax|porn'.split('|'),
  calls:
    'cheap pills here|best price|click|visit us|more info|download free|watch online|order now|bonus|see also|free trial|full movie'.split(
      '|',
    ),
  byHand: [
    'I had the same problem and in the end hired {movers|a roofer|a translator|a plumber} from {this firm|a small company}, {quite happy|never regretted it}: ',
    '{Interesting view|Good points}, though in {our|my} {experience|line of work} most people are better off with a {professional|proper contract|new one}. ',
    '{Nice|Lovely} write-up. I {collect|repair|restore} such things in {Leeds|Ohio|Perth} and {write about it|sell some of them} on my own page. ',
    'Has anybody tried the {course|tool|book} by {the same author|a certain Mr Hale}? It {helped me|answered this} more than {ten|a hundred} forums. ',
  ],
};

const russian: SpamTexts = {
  language: 'russian',
  names: 'Виктор|Ольга|Займы онлайн|казино бонус|Алексей|Светлана|seo продвижение|Игорь|Марина'.split('|'),
  greetings: 'Здравствуйте|Привет всем|Добрый день|Доброго времени суток|Уважаемые|Приветствую|Всем привет'.split('|'),
  pitches: [
    '{Я|Моя сестра|Мой муж} {долго|много лет|два года} {сидел без работы|был в долгах|болел}, пока {знакомый|сосед|друг} не {посоветовал|показал} {этот сервис|этого человека}.',
    'Уже третий месяц {зарабатываю|получаю} дома по 2400 рублей в день, {вкладывать ничего не нужно|без вложений и риска}.',
    '{Пишите|Регистрируйтесь|Звоните} {сегодня|прямо сейчас|до пятницы}, {мест осталось мало|предложение ограничено}.',
    '{Наше|Лучшее} {казино|агентство|бюро} {дарит|даёт} бонус 300 каждому новому {игроку|клиенту|участнику}.',
    '{Кредит|Заём|Деньги} без {справок|отказа|поручителей} за {час|десять минут|один день} на любую карту.',
    '{Продвижение|Раскрутка} {сайтов|блогов} {с гарантией|быстро и недорого}: 5000 {посетителей|ссылок} в {день|неделю}.',
    '{Целитель|Доктор|Травник} {вылечил|поставил на ноги} {меня|мою мать}, когда {врачи|больницы} уже {отказались|опустили руки}.',
    '{Дипломы|Права|Справки} {любого образца|с занесением в реестр}, {доставка|оплата} {по всей стране|после проверки}.',
  ],
  praise: 'отличный|прекрасный|честный|надёжный|быстрый|удобный|замечательный|добрый|лучший|выгодный'.split('|'),
  goods: 'казино|кредит|виагра|ставки|диплом|интим|займ|биткоин'.split('|'),
  calls: 'смотреть онлайн|скачать бесплатно|тут|подробнее|лучшие цены|заказать|бонус|жми'.split('|'),
  byHand: [
    'У меня было так же, в итоге {нанял мастера|обратился в фирму}, {доволен|не пожалел}: ',
    '{Интересно|Хорошая мысль}, но по {нашему|моему} опыту проще взять {новое|готовое|специалиста}. ',
    '{Читал|Видел} похожее на {курсах|семинаре} {одного знакомого|в Казани}, там ответили на всё подробнее. ',
  ],
};

const hebrew: SpamTexts = {
  language: 'hebrew',
  names: 'דוד|הלוואות מהירות|קזינו|רינה|קידום אתרים|משה'.split('|'),
  greetings: 'שלום|היי לכולם|ערב טוב|חברים יקרים|בוקר טוב'.split('|'),
  pitches: [
    '{הייתי|אחותי הייתה|בעלי היה} {בחובות|בלי עבודה|חולה} {שנים|זמן רב} עד ש{חבר|שכן} סיפר לי על {השירות הזה|האיש הזה}.',
    'תוך {יומיים|שעה|שבוע} קיבלתי 2400 שקל לחשבון {בלי שאלות|בלי ערבים|בלי עמלה}.',
    '{הקזינו|האתר|המשרד} {הטוב ביותר|שלנו} נותן בונוס של 300 לכל {שחקן|לקוח} חדש.',
    '{כתבו|הירשמו|התקשרו} {היום|עכשיו}, המקומות {מוגבלים|נגמרים}.',
    '{קידום אתרים|פרסום} {בזול|באחריות}: 5000 {מבקרים|קישורים} ב{יום|שבוע}.',
  ],
  praise: 'מצוין|נהדר|אמין|מהיר|ישר|נפלא|טוב'.split('|'),
  goods: 'קזינו|ויאגרה|הלוואה|הימורים|ביטקוין'.split('|'),
  calls: 'לחצו כאן|לפרטים|הורדה חינם|לצפייה ישירה|בונוס'.split('|'),
  byHand: [
    'גם לי היה ככה, בסוף {הזמנתי בעל מקצוע|פניתי לחברה}, {מרוצה|לא מצטער}: ',
    '{מעניין|נקודה טובה}, אבל {מניסיון|לדעתי} עדיף {חדש|איש מקצוע}. ',
  ],
};

/** What is sold, by language, each with the share of the campaigns that are in it. */
export const spamTexts: readonly { readonly share: number; readonly texts: SpamTexts }[] = [
  { share: 0.7, texts: english },
  { share: 0.2, texts: russian },
  { share: 0.1, texts: hebrew },
];
