// Marks one version need of a shared library as weak, so that a loader without that version still
// accepts the library. Only done when nothing strong hangs on the version; see zola.mjs for the case.
//
// What is read of the file (ELF64, little endian; `man 5 elf`, "Symbol Versioning" in the LSB):
//   .dynsym         the dynamic symbols, 24 bytes each; the binding is the high half of `st_info`
//   .gnu.version    two bytes for each of those symbols: the index of the version it is bound to
//   .gnu.version_r  the needed files (Verneed), each with a chain of needed versions (Vernaux)

const SHT_DYNSYM = 11;
const SHT_GNU_VERNEED = 0x6ffffffe;
const SHT_GNU_VERSYM = 0x6fffffff;
const STB_WEAK = 2;
const VER_FLG_WEAK = 2;
const VERSYM_INDEX = 0x7fff; // the top bit says "hidden", which does not concern us

/** A library that cannot be made acceptable, with the reason as its message. */
export class NotWeak extends Error {}

/**
 * A copy of `library` in which every need of `version` carries VER_FLG_WEAK.
 *
 * @param {Buffer} library the bytes of an ELF64 little-endian shared library
 * @param {string} version for instance "GLIBC_2.39"
 * @returns {{bytes: Buffer, symbols: string[]}} the copy, and the weak symbols bound to the version
 * @throws {NotWeak} if the file is of another kind, does not need the version, or needs it strongly
 */
export function weaken(library, version) {
  const sections = readSections(library);
  const needs = versionNeeds(library, sections).filter((need) => need.name === version);
  if (needs.length === 0) throw new NotWeak(`the library has no need of ${version}`);

  const indexes = new Set(needs.map((need) => need.index));
  const bound = versionedSymbols(library, sections).filter((symbol) => indexes.has(symbol.version));
  const strong = bound.filter((symbol) => symbol.binding !== STB_WEAK);
  if (strong.length > 0) {
    const names = strong.map((symbol) => symbol.name).join(", ");
    throw new NotWeak(`${version} is needed by symbols that are not weak: ${names}`);
  }

  const bytes = Buffer.from(library);
  for (const { flags } of needs) bytes.writeUInt16LE(bytes.readUInt16LE(flags) | VER_FLG_WEAK, flags);
  return { bytes, symbols: bound.map((symbol) => symbol.name) };
}

function readSections(elf) {
  const isElf64LittleEndian = elf.length > 64 && elf.readUInt32BE(0) === 0x7f454c46 && elf[4] === 2 && elf[5] === 1;
  if (!isElf64LittleEndian) throw new NotWeak("the library is not a 64-bit little-endian ELF file");
  const [table, size, count] = [Number(elf.readBigUInt64LE(40)), elf.readUInt16LE(58), elf.readUInt16LE(60)];
  return Array.from({ length: count }, (_, i) => {
    const at = table + i * size;
    return {
      type: elf.readUInt32LE(at + 4),
      offset: Number(elf.readBigUInt64LE(at + 24)),
      size: Number(elf.readBigUInt64LE(at + 32)),
      link: elf.readUInt32LE(at + 40),
      entries: elf.readUInt32LE(at + 44),
    };
  });
}

function section(sections, type, name) {
  const found = sections.find((candidate) => candidate.type === type);
  if (!found) throw new NotWeak(`the library has no ${name} section`);
  return found;
}

function text(elf, strings, offset) {
  const start = strings.offset + offset;
  return elf.toString("latin1", start, elf.indexOf(0, start));
}

/** Every needed version: its name, the index symbols refer to it by, and where its flags stand. */
function versionNeeds(elf, sections) {
  const verneed = section(sections, SHT_GNU_VERNEED, ".gnu.version_r");
  const strings = sections[verneed.link];
  const needs = [];
  let file = verneed.offset;
  for (let i = 0; i < verneed.entries; i += 1) {
    let version = file + elf.readUInt32LE(file + 8);
    for (let left = elf.readUInt16LE(file + 2); left > 0; left -= 1) {
      const name = text(elf, strings, elf.readUInt32LE(version + 8));
      needs.push({ name, index: elf.readUInt16LE(version + 6), flags: version + 4 });
      version += elf.readUInt32LE(version + 12);
    }
    file += elf.readUInt32LE(file + 12);
  }
  return needs;
}

function versionedSymbols(elf, sections) {
  const dynsym = section(sections, SHT_DYNSYM, ".dynsym");
  const versym = section(sections, SHT_GNU_VERSYM, ".gnu.version");
  const strings = sections[dynsym.link];
  return Array.from({ length: dynsym.size / 24 }, (_, i) => {
    const at = dynsym.offset + i * 24;
    return {
      name: text(elf, strings, elf.readUInt32LE(at)),
      binding: elf[at + 4] >> 4,
      version: elf.readUInt16LE(versym.offset + i * 2) & VERSYM_INDEX,
    };
  });
}
