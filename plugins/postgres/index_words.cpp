// What stands behind a part of an index: `COLLATE "C" text_pattern_ops NULLS FIRST`.
#include <algorithm>
#include <vector>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

constexpr std::string_view kFirst = "NULLS FIRST", kLast = "NULLS LAST";

struct Word {
  std::string text;  // a name as the server keeps it, or "."
  bool quoted = false;
  bool is(std::string_view keyword) const { return !quoted && text == keyword; }
};

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool isPlain(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// Names, points and nothing else; nullopt for any other character.
std::optional<std::vector<Word>> wordsOf(std::string_view said) {
  std::vector<Word> out;
  for (size_t at = 0; at < said.size();) {
    const char c = said[at];
    if (c == ' ') {
      ++at;
    } else if (c == '.') {
      out.push_back({".", false});
      ++at;
    } else if (c == '"') {
      Word word{"", true};
      for (++at; at < said.size(); ++at) {
        if (said[at] == '"' && (at + 1 == said.size() || said[at + 1] != '"')) break;
        if (said[at] == '"') ++at;
        word.text += said[at];
      }
      if (at == said.size() || word.text.empty()) return std::nullopt;
      ++at;
      out.push_back(std::move(word));
    } else if (isLetter(c)) {
      Word word;
      for (; at < said.size() && (isLetter(said[at]) || (said[at] >= '0' && said[at] <= '9')); ++at)
        word.text += said[at] >= 'A' && said[at] <= 'Z' ? char(said[at] + 32) : said[at];
      out.push_back(std::move(word));
    } else {
      return std::nullopt;
    }
  }
  return out;
}

class Reader {
public:
  explicit Reader(std::vector<Word> words) : words_(std::move(words)) {}

  std::optional<std::string> read(bool descending) {
    std::string out;
    if (at("collate")) {
      ++next_;
      const auto name = qualified([](const Word& word) { return quote(word.text); });
      if (!name) return std::nullopt;
      out = "COLLATE " + *name;
    }
    if (next_ < words_.size() && !at("nulls")) {
      const auto name = qualified(
          [](const Word& word) { return isPlain(word.text) ? word.text : quote(word.text); });
      if (!name) return std::nullopt;
      out += (out.empty() ? "" : " ") + *name;
    }
    if (at("nulls")) {
      ++next_;
      const bool first = at("first");
      if (!first && !at("last")) return std::nullopt;
      ++next_;
      // As it is without a word.
      if (first != descending)
        out += (out.empty() ? "" : " ") + std::string(first ? kFirst : kLast);
    }
    return next_ == words_.size() ? std::optional(out) : std::nullopt;
  }

private:
  bool at(std::string_view keyword) const {
    return next_ < words_.size() && words_[next_].is(keyword);
  }

  // A name, perhaps with its schema; that of the server itself goes without saying.
  template <class Spell>
  std::optional<std::string> qualified(Spell spell) {
    std::string schema;
    for (unsigned parts = 0; parts < 2; ++parts) {
      if (next_ == words_.size() || words_[next_].is(".")) return std::nullopt;
      const Word& name = words_[next_++];
      if (next_ == words_.size() || !words_[next_].is(".")) return schema + spell(name);
      schema = name.text == "pg_catalog" ? "" : spell(name) + ".";
      ++next_;
    }
    return std::nullopt;
  }

  std::vector<Word> words_;
  size_t next_ = 0;
};

}  // namespace

std::optional<std::string> indexWords(std::string_view said, bool descending) {
  auto words = wordsOf(said);
  if (!words || words->empty()) return std::nullopt;
  return Reader(std::move(*words)).read(descending);
}

IndexWords splitWords(std::string_view canonical) {
  for (const std::string_view nulls : {kFirst, kLast}) {
    if (!canonical.ends_with(nulls)) continue;
    std::string_view before = canonical.substr(0, canonical.size() - nulls.size());
    if (before.ends_with(' ')) before.remove_suffix(1);
    return {std::string(before), std::string(nulls)};
  }
  return {std::string(canonical), ""};
}

}  // namespace cambium::dialect::postgres
