#include "compiler/catalog/lookups.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "compiler/catalog/sql.h"

namespace cambium::catalog {
namespace {

constexpr std::string_view kBegins = "(SELECT \"t0\".";

// Behind the quote that ends what begins with one.
size_t behindQuoted(std::string_view sql, size_t at) {
  const size_t end = sql.find(sql[at], at + 1);
  return end == std::string_view::npos ? sql.size() : end + 1;
}

// Calls `onPart(text, inside)` for the sub-selects, with their parentheses, and what is between.
template <class OnPart>
void eachPart(std::string_view sql, OnPart onPart) {
  size_t text = 0;
  for (size_t i = 0; i < sql.size();) {
    if (sql[i] == '\'' || sql[i] == '"') {
      i = behindQuoted(sql, i);
      continue;
    }
    if (!sql.substr(i).starts_with(kBegins)) {
      ++i;
      continue;
    }
    size_t end = i;
    for (int depth = 0; end < sql.size();) {
      const char c = sql[end];
      if (c == '\'' || c == '"') {
        end = behindQuoted(sql, end);
        continue;
      }
      depth += (c == '(') - (c == ')');
      ++end;
      if (depth == 0) break;
    }
    onPart(sql.substr(text, i - text), false);
    onPart(sql.substr(i, end - i), true);
    text = i = end;
  }
  onPart(sql.substr(text), false);
}

// By which names the table is called in the sub-select.
std::vector<std::string> aliasesOf(std::string_view inside, const std::string& table,
                                   const Traits& traits) {
  const std::string declares = traits.quote(table) + " AS ";
  std::vector<std::string> out;
  for (size_t at = inside.find(declares); at != std::string_view::npos;
       at = inside.find(declares, at + 1)) {
    const size_t begin = at + declares.size();
    if (begin < inside.size() && (at == 0 || inside[at - 1] == ' '))
      out.emplace_back(inside.substr(begin, behindQuoted(inside, begin) - begin));
  }
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

template <class Change>
void changeInside(std::vector<Policy>& policies, Change change) {
  for (Policy& policy : policies) {
    for (std::string* sql : {&policy.usingSql, &policy.checkSql}) {
      if (!hasLookups(*sql)) continue;
      std::string out;
      eachPart(*sql, [&](std::string_view part, bool inside) {
        out += inside ? change(part) : std::string(part);
      });
      *sql = std::move(out);
    }
  }
}

}  // namespace

bool hasLookups(std::string_view sql) {
  return sql.find(kBegins) != std::string_view::npos;
}

bool hasLookups(const std::vector<Policy>& policies) {
  return std::ranges::any_of(policies, [](const Policy& policy) {
    return hasLookups(policy.usingSql) || hasLookups(policy.checkSql);
  });
}

std::string overOwn(std::string_view sql,
                    const std::function<std::string(std::string_view)>& change) {
  if (!hasLookups(sql)) return change(sql);
  // A literal is nobody's name; no text of the model has its character.
  const auto markOf = [](size_t number) { return fmt::format("'\x01{}\x01'", number); };
  std::vector<std::string> cut;
  std::string rest;
  eachPart(sql, [&](std::string_view part, bool inside) {
    rest += inside ? markOf(cut.size()) : std::string(part);
    if (inside) cut.emplace_back(part);
  });
  std::string out = change(rest);
  for (size_t i = 0; i < cut.size(); ++i) out = replaced(std::move(out), markOf(i), cut[i]);
  return out;
}

bool looksAt(std::string_view sql, const std::string& table, const std::string& column,
             const Traits& traits) {
  if (!hasLookups(sql) || sql.find(traits.quote(table)) == std::string_view::npos) return false;
  bool found = false;
  eachPart(sql, [&](std::string_view part, bool inside) {
    if (!inside) return;
    for (const auto& alias : aliasesOf(part, table, traits))
      found = found || column.empty() ||
              part.find(alias + "." + traits.quote(column)) != std::string_view::npos;
  });
  return found;
}

bool looksAt(const Policy& policy, const std::string& table, const std::string& column,
             const Traits& traits) {
  return looksAt(policy.usingSql, table, column, traits) ||
         looksAt(policy.checkSql, table, column, traits);
}

void renameLooked(std::vector<Policy>& policies, const std::string& table, const std::string& to,
                  const Traits& traits) {
  changeInside(policies, [&](std::string_view inside) {
    return renameTables(inside, {{table, to}}, traits);
  });
}

void renameLooked(std::vector<Policy>& policies, const std::string& table, const std::string& from,
                  const std::string& to, const Traits& traits) {
  changeInside(policies, [&](std::string_view inside) {
    std::string out(inside);
    for (const auto& alias : aliasesOf(inside, table, traits))
      out = replaced(std::move(out), alias + "." + traits.quote(from),
                     alias + "." + traits.quote(to));
    return out;
  });
}

}  // namespace cambium::catalog
