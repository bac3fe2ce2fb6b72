// tests/support/corpus.h: texts in the language, for tests that hold for every text.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/support/places.h"

namespace cambium::testing {

struct CorpusFile {
  std::string name;
  std::string text;
};

// tests/corpus and examples, sorted by name; all of it parses.
inline std::vector<CorpusFile> corpus() {
  namespace fs = std::filesystem;
  std::vector<CorpusFile> files;
  for (const char* folder : {"tests/corpus", "examples"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(sourceDir()) / folder)) {
      if (entry.path().extension() != ".cam") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files.push_back({entry.path().string(), std::string(std::istreambuf_iterator<char>(in), {})});
    }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

// A text with a few places changed: bytes or short pieces taken out, doubled, put elsewhere, or
// replaced by what breaks scanners. Stays UTF-8 as long as the text was ASCII.
inline std::string mutate(std::string text, std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "\"",       "\"\"\"",   "`",        "'",     "/*",    "*/",   "//",          "///",
      "--",       "<>",       "&&",       "||",    "!",     ";",    "#",           "\\",
      ":",        "::",       "{",        "}",     "(",     ")",    "[",           "]",
      ",",        ",,",       "=",        "==",    "@",     "?",    "->",          "-",
      "0x",       "1e",       "12kg",     "5s",    "1.5.2", "in",   "is",          "case",
      "not null", "entity X", "a: int32", "\n",    "\r\n",  " ",    "\t",          "\f",
      "a-b-c",    "a-1:",     "ü",        "é:",    "€",     "“",    "\xC2\xA0",    "😀",
      "/*/",      "/**/",     "/***/",    "\"abc", "``",    "`x`:", "a /* x */ :", "a // x\n:",
      "|",        "&",        "\x01"};
  const auto below = [&](size_t n) { return n == 0 ? 0 : size_t(random() % n); };
  for (size_t times = 1 + below(3); times > 0; --times) {
    const size_t at = below(text.size() + 1);
    const size_t length = std::min(text.size() - at, 1 + below(12));
    switch (random() % 4) {
      case 0: text.erase(at, length); break;
      case 1: text.insert(at, text.substr(at, length)); break;
      case 2: text.insert(at, kPieces[below(kPieces.size())]); break;
      default: text.replace(at, length, kPieces[below(kPieces.size())]); break;
    }
  }
  return text;
}

}  // namespace cambium::testing
