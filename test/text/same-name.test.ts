import { describe, expect, it } from '@jest/globals';
import { nameKey } from '../../src/text/same-name.ts';

describe('a name', () => {
  it.each([
    ['in capitals', 'Dave Briggs', 'DAVE BRIGGS'],
    ['run together', 'Dave Briggs', 'davebriggs'],
    ['with signs', 'Dave Briggs', '~ Dave_Briggs! ~'],
    ['with invisible characters', 'Dave Briggs', 'Da\u200bve\u00ad Bri\u2060ggs\ufe0f\u3164'],
    ['with Cyrillic letters', 'Dave Cope', 'Dаvе Соре'],
    ['with Greek letters', 'Bob Tate', 'Βοb Τατε'],
    ['with digits for letters', 'Olli Ilo', '0lli I1o'],
    ['with a bar for a letter', 'Alan', 'A|an'],
    ['with l and I exchanged', 'Will', 'WiIl'],
    ['with two letters for one', 'Emma Wood', 'Ernma VVood'],
    ['with marks', 'Dave', 'Ḋȧvẹ\u0332'],
    ['in other forms of the letters', 'Dave', '𝐃𝓪ｖⓔ'],
    ['in Greek capitals', 'Νίκος', 'ΝΙΚΟΣ'],
    ['with a dotless i', 'Dave Briggs', 'Dave Brıggs'],
    ['with modifier letters', 'Dave Briggs', 'Daveʹ ʼBriggsˌ'],
    ['with signs that count as letters', 'Dave Briggs', 'Daveꞌ Briggsǃ'],
    ['with marks behind something invisible', 'Dave', 'D\u200c\u0301a\u034f\u0323ve'],
    ['with a click for a letter', 'Will', 'Wiǀǀ'],
    ['in Lisu letters', 'Dave Wilton', 'ꓓꓮꓦꓰ ꓪꓲꓡꓔꓳꓠ'],
    ['in small capitals', 'Dave Briggs', 'ᴅᴀᴠᴇ ʙʀɪɢɢꜱ'],
    ['in Cherokee letters', 'Dave Webb', 'ᎠᎪᏙᎬ ᎳᎬᏴᏴ'],
    ['in Armenian letters', 'Juno', 'յսոօ'],
    ['with a Cyrillic letter for 3', 'Rob 3', 'Rob З'],
    ['decomposed', '가나', '가나'.normalize('NFD')],
  ])('is taken for the same when written %s', (_how, staff, guest) => {
    expect(nameKey(guest)).toBe(nameKey(staff));
  });

  it.each([
    ['Dave', 'Davey'],
    ['Dave', 'Eva'],
    ['Rob 2', 'Rob 3'],
    ['किरण', 'करण'],
    ['サーラ', 'サラ'],
    ['😀', '😎'],
    ['…', '?'],
  ])('%s is not taken for %s', (one, other) => {
    expect(nameKey(one)).not.toBe(nameKey(other));
  });

  it('is never without a key', () => {
    expect(nameKey('😀')).toBe('😀');
  });
});
