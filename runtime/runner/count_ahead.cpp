#include "runtime/runner/count_ahead.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <vector>

namespace cambium::runner {
namespace {

struct Word {
  std::string text;     // lower case, for whom some engines take letters of both cases for one
  bool quoted = false;  // certainly a name
  size_t end = 0;
};

bool isWordChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<signed char>(c) < 0;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// Also those in literals: one name too many is no harm.
std::vector<Word> wordsOf(std::string_view sql) {
  std::vector<Word> out;
  for (size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    if (c == '"' || c == '`') {
      const size_t end = std::min(sql.find(c, at + 1), sql.size());
      out.push_back({lower(sql.substr(at + 1, end - at - 1)), true, std::min(end + 1, sql.size())});
      at = end + 1;
    } else if (isWordChar(c)) {
      size_t end = at;
      while (end < sql.size() && isWordChar(sql[end])) ++end;
      out.push_back({lower(sql.substr(at, end - at)), false, end});
      at = end;
    } else {
      ++at;
    }
  }
  return out;
}

// A word that is missing here is taken for a name.
bool isName(const Word& word) {
  static const std::set<std::string_view> kNone{
      "and",      "as",   "begin",  "between", "by",   "case",  "coalesce", "count",
      "distinct", "else", "end",    "exists",  "from", "group", "having",   "in",
      "is",       "join", "left",   "length",  "like", "limit", "not",      "null",
      "on",       "or",   "select", "then",    "when", "where"};
  if (word.quoted) return true;
  const bool number =
      std::ranges::all_of(word.text, [](unsigned char c) { return std::isdigit(c) != 0; });
  return !number && !kNone.contains(word.text);
}

bool beginsWith(const std::vector<Word>& words, std::initializer_list<std::string_view> first) {
  return words.size() >= first.size() &&
         std::equal(first.begin(), first.end(), words.begin(),
                    [](std::string_view a, const Word& b) { return !b.quoted && a == b.text; });
}

// Neither rows nor what a name means: triggers, functions, indexes, comments.
bool isBesideRows(const std::vector<Word>& words) {
  for (const std::string_view verb : {"create", "drop", "comment"})
    if (beginsWith(words, {verb}))
      for (size_t i = 1; i < std::min<size_t>(words.size(), 4) && !words[i].quoted; ++i) {
        const std::string& word = words[i].text;
        if (verb == "comment" || word == "trigger" || word == "function" || word == "index")
          return true;
        if (word != "or" && word != "replace" && word != "unique" && word != "constraint") break;
      }
  return false;
}

// By cascades and triggers also rows of tables that it does not name.
bool reachesOthers(const std::vector<Word>& words) {
  static const std::set<std::string_view> kVerbs{"delete",   "do",     "merge", "replace",
                                                 "truncate", "update", "with"};
  return words.empty() || (!words.front().quoted && kVerbs.contains(words.front().text));
}

}  // namespace

bool mayChangeCount(const emit::Action& undo, std::string_view countSql) {
  if (undo.sql.batch) return true;
  std::set<std::string> names;
  for (Word& word : wordsOf(countSql))
    if (isName(word)) names.insert(std::move(word.text));
  return std::ranges::any_of(undo.sql.statements, [&](const std::string& statement) {
    const auto words = wordsOf(statement);
    if (isBesideRows(words)) return false;
    if (reachesOthers(words)) return true;
    size_t from = 0;
    // It is about what it names within the table, unless that gets another name.
    const bool isOfTable = beginsWith(words, {"alter", "table"}) && words.size() > 3;
    const auto renamesTable = [&](size_t i) {
      static const std::set<std::string_view> kWithin{"column", "constraint", "index", "key"};
      return !words[i].quoted && words[i].text == "rename" &&
             (i + 1 == words.size() || !kWithin.contains(words[i + 1].text));
    };
    if (isOfTable) {
      from = 3;
      if (statement.substr(words[2].end).starts_with(".")) from = 4;
      for (size_t i = 2; i < words.size(); ++i)
        if (renamesTable(i)) from = 0;
    }
    return std::any_of(words.begin() + static_cast<std::ptrdiff_t>(from), words.end(),
                       [&](const Word& word) { return names.contains(word.text); });
  });
}

}  // namespace cambium::runner
