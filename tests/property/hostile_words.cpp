#include "tests/property/hostile_words.h"

#include <fmt/core.h>

namespace cambium::testing {
namespace {

std::string times(size_t n, std::string_view what) {
  std::string out;
  for (size_t i = 0; i < n; ++i) out += what;
  return out;
}

}  // namespace

const std::vector<HostileWord>& hostileWords() {
  static const std::vector<HostileWord> list = {
      // words of SQL, and of the engines' catalogs
      {"plain"},
      {"select"},
      {"table"},
      {"order"},
      {"user"},
      {"primary key"},
      {"rowid"},
      {"oid"},
      {"NEW"},
      {"old"},
      {"excluded"},
      {"null"},
      {"true"},
      {"default"},
      {"current_user"},
      {"information_schema"},
      {"pg_x"},
      {"sqlite"},
      {"public"},
      {"none"},
      {"a.b"},
      {"a,b"},
      {"a-b"},
      {"1st"},
      {"0x41"},
      // quotes of every kind
      {"\""},
      {"\"\""},
      {"'"},
      {"''"},
      {"`", false},
      {"``", false},
      {"]"},
      {"[x]"},
      {"\\"},
      {"\\'"},
      {"\\\""},
      {"\\\\n"},
      {"E'x'"},
      {"U&\"x\""},
      {"x'00'"},
      {"_utf8mb4'x'"},
      // what somebody else might fill in
      {"%s"},
      {"%1$I"},
      {"{}"},
      {"{0}"},
      {"${x}"},
      {"$1"},
      {"$$"},
      {"$cambium$"},
      {"?"},
      {":name"},
      {"::int"},
      {"@x"},
      {"@@version"},
      {":"},
      // comments and ends of statements
      {"#"},
      {"--"},
      {"-- x"},
      {"/*"},
      {"*/"},
      {"/*!50000 x*/"},
      {";"},
      {"DELIMITER ;;"},
      {"END; $$"},
      {"\"; DROP TABLE canary; --"},
      {"'; DROP TABLE canary; --"},
      {"`; DROP TABLE canary; --", false},
      {"'); DELETE FROM canary; --"},
      {"$cambium$; DELETE FROM canary; $cambium$"},
      // spaces and signs
      {" begin"},
      {"a  b"},
      {"a\tb", false, false},
      {"a\nb", false, false},
      {"-- x\nDROP TABLE canary", false, false},
      {"a\u00A0"
       "b",
       false},
      {"a\u200B"
       "b",
       false},
      {"\uFEFF"
       "x",
       false},
      {"\u202E"
       "x",
       false},
      {"naïve"},
      {"naive"},
      {"日本語"},
      {"שלום"},
      {"e\u0301", false},
      {"<b>&amp;</b>"},
      // as long as a name can be
      {times(62, "x") + "\""},
      {times(61, "x") + "é"},
      {times(21, "日")},
      {times(31, "\"'") + "x"},
  };
  return list;
}

std::string camText(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    if (length == 1 && byte >= 0x20) {
      if (byte == '"' || byte == '\\') out += '\\';
      out += text[i];
    } else {
      unsigned number = length == 1 ? byte : byte & (0x7Fu >> length);
      for (size_t j = 1; j < length; ++j)
        number = number << 6 | (static_cast<unsigned char>(text[i + j]) & 0x3Fu);
      out += fmt::format("\\u{{{:X}}}", number);
    }
    i += length;
  }
  return out + "\"";
}

std::string ended(const std::string& word, const std::string& ending, size_t most) {
  size_t from = 0;
  while (word.size() - from + ending.size() > most) {
    ++from;
    while (from < word.size() && (static_cast<unsigned char>(word[from]) & 0xC0) == 0x80) ++from;
  }
  return word.substr(from) + ending;
}

}  // namespace cambium::testing
