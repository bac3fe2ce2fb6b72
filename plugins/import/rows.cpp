#include "plugins/import/rows.h"

#include <fmt/core.h>

namespace cambium::importing {
namespace {

bool isSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

size_t skipBlank(std::string_view text, size_t at) {
  while (at < text.size()) {
    if (isSpace(text[at])) {
      ++at;
    } else if (text.substr(at, 2) == "--" || text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      const size_t end = text.find("*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

}  // namespace

std::vector<std::string> leadingWords(std::string_view text, size_t count) {
  std::vector<std::string> out;
  for (size_t at = skipBlank(text, 0); at < text.size() && out.size() < count;
       at = skipBlank(text, at)) {
    std::string word;
    for (;;) {
      if (at < text.size() && (text[at] == '"' || text[at] == '`' || text[at] == '[')) {
        const char close = text[at] == '[' ? ']' : text[at];
        const size_t end = std::min(text.find(close, at + 1), text.size());
        word = text.substr(at + 1, end - at - 1);
        at = std::min(end + 1, text.size());
      } else {
        const size_t begin = at;
        while (at < text.size() && !isSpace(text[at]) &&
               std::string_view("().,;\"`[").find(text[at]) == std::string_view::npos)
          ++at;
        word = lowered(text.substr(begin, at - begin));
      }
      if (at < text.size() && text[at] == '.') {
        ++at;  // a schema before the name
        continue;
      }
      break;
    }
    if (word.empty()) break;
    out.push_back(std::move(word));
  }
  return out;
}

bool Rows::take(std::string_view text, Span at) {
  const auto words = leadingWords(text, 5);
  if (words.empty()) return false;
  const std::string& verb = words[0];
  if (verb != "insert" && verb != "update" && verb != "delete" && verb != "copy" &&
      verb != "replace" && verb != "with" && verb != "truncate" && verb != "load")
    return false;
  std::string table;
  for (size_t i = 1; i < words.size() && table.empty(); ++i)
    if (words[i] != "into" && words[i] != "from" && words[i] != "only" && words[i] != "ignore" &&
        words[i] != "or" && words[i] != "table" && words[i] != "replace")
      table = words[i];
  if (verb == "with") table.clear();
  Count& count = tables_[table];
  if (count.statements++ == 0) count.first = at;
  return true;
}

void Rows::report(Schema& schema) const {
  for (const auto& [table, count] : tables_) {
    // A table that a migration had for itself took its rows with it.
    if (!table.empty() && !schema.findTable(table)) continue;
    schema.lose(
        count.first, table.empty() ? "data" : "the data of `" + table + "`",
        fmt::format("a model has no rows ({})",
                    count.statements == 1 ? "1 statement"
                                          : fmt::format("{} statements", count.statements)));
  }
}

}  // namespace cambium::importing
