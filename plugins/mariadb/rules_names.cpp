// Names: MariaDB and MySQL have their own idea of which there are, and of which are one.
#include <fmt/core.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Support/ConvertUTF.h>
#include <llvm/Support/Unicode.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/rules.h"

namespace cambium::dialect::mariadb {
namespace {

using catalog::Table;

// The server keeps names in a character set that ends at U+FFFF: what lies beyond has four bytes.
bool hasWideCharacters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
}

std::vector<llvm::UTF16> characters(std::string_view name) {
  llvm::SmallVector<llvm::UTF16, 64> out;
  // A name that is not UTF-8 was refused long before.
  (void)llvm::convertUTF8ToUTF16String(llvm::StringRef(name.data(), name.size()), out);
  return {out.begin(), out.end()};
}

// Alphabets whose letters have two forms to the server: it knows those of an early Unicode.
bool hasCase(llvm::UTF16 c) {
  constexpr std::pair<llvm::UTF16, llvm::UTF16> kRanges[] = {
      {0x0041, 0x0233}, {0x0386, 0x04F9}, {0x0531, 0x0587}, {0x1E00, 0x1E95},
      {0x1EA0, 0x1FFF}, {0x2100, 0x24FF}, {0xFF21, 0xFF5A}};
  // Folding knows more than it: a long s is no form of s there, and so on.
  constexpr llvm::UTF16 kApart[] = {0x00B5, 0x017F, 0x03C2, 0x03D0, 0x03D1, 0x03D5,
                                    0x03D6, 0x03F0, 0x03F1, 0x03F5, 0x1FBE};
  return std::ranges::any_of(kRanges,
                             [c](const auto& r) { return c >= r.first && c <= r.second; }) &&
         std::ranges::find(kApart, c) == std::end(kApart);
}

// As the server compares names of columns, indexes and checks: letter by letter, accents kept.
std::vector<llvm::UTF16> withoutCase(std::string_view name) {
  constexpr llvm::UTF16 kDottedI = 0x0130;
  auto out = characters(name);
  for (auto& c : out)
    if (hasCase(c))
      c = c == kDottedI ? 'i' : static_cast<llvm::UTF16>(llvm::sys::unicode::foldCharSimple(c));
  return out;
}

bool equalWithoutCase(std::string_view name, std::initializer_list<std::string_view> all) {
  return std::ranges::find(all, catalog::folded(name)) != all.end();
}

// The server keeps a table and a view in files of that name, where all but letters of ASCII, digits
// and the underscore have up to five bytes; the file system allows 255, an ending included.
size_t bytesOfFile(std::string_view name) {
  size_t bytes = 0;
  for (const auto c : characters(name))
    bytes += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
                 ? 1
                 : 5;
  return bytes;
}

class Names {
public:
  Names(const Places& places, const char* server, DiagnosticSink& sink)
      : places_(places), server_(server), sink_(sink) {}

  void table(const Table& table) {
    const Span span = places_.of(table.name);
    wide(table.name, span, "@table");
    relation("table", table.name, span);
    std::map<std::vector<llvm::UTF16>, std::string> columns, indexes, checks;
    for (const auto& column : table.columns) {
      const Span at = places_.of(table.name, column.name);
      wide(column.name, at, "@column");
      if (equalWithoutCase(column.name, {"db_row_id", "db_trx_id", "db_roll_ptr", "fts_doc_id"}))
        refuse("column", column.name, "InnoDB keeps it for itself", at, "@column");
      columnName(column.name, at, "@column");
      once(columns, column.name, "the column", table.name, at, "@column");
    }
    // What is named after a table or a column is told of there.
    const bool derived =
        hasWideCharacters(table.name) || std::ranges::any_of(table.columns, [](const auto& column) {
          return hasWideCharacters(column.name);
        });
    for (const auto& check : table.checks) {
      if (!derived) wide(check.name, span, "@name");
      once(checks, check.name, "a check", table.name, span, "@name");
    }
    for (const auto& index : table.indexes) {
      const Span at = places_.ofIndex(table.name, index.name);
      if (!derived)
        wide(index.name, index.parts.empty() ? span : places_.of(table.name, index.parts[0].column),
             "@name");
      indexName("index", index.name, at);
      once(indexes, index.name, "an index", table.name, at, "@name");
    }
    // Where no index is there for it, the server makes one that is called like the reference.
    for (const auto& fk : table.foreignKeys)
      indexName("foreign key", fk.name, places_.of(table.name, fk.columns.front()));
  }

  void view(const ir::View& view, const std::string& name) {
    wide(name, view.span, "@table");
    relation("view", name, view.span);
    std::map<std::vector<llvm::UTF16>, std::string> columns;
    for (const auto& column : view.columns) {
      columnName(column.name, column.span, "as");
      once(columns, column.name, "the column", view.name, column.span, "as");
    }
  }

private:
  void wide(const std::string& name, Span span, const char* annotation) {
    if (!hasWideCharacters(name)) return;
    sink_.add(report<Code::DDL004>(span, name, "characters of 4", server_, 3)
                  .note("names are kept in a character set that ends at U+FFFF")
                  .help(fmt::format("name it otherwise with `{}(\"…\")`", annotation)));
  }
  void refuse(const char* kind, const std::string& name, const char* why, Span span,
              const char* annotation) {
    sink_.add(report<Code::DDL070>(span, server_, kind, name, why)
                  .help(fmt::format("name it otherwise with `{}`", annotation)));
  }
  void relation(const char* kind, const std::string& name, Span span) {
    constexpr size_t kMostBytes = 250;
    if (name.ends_with(' ')) refuse(kind, name, "it ends in a space", span, "@table");
    if (catalog::folded(name).starts_with("#mysql50#"))
      refuse(kind, name, "`#mysql50#` is what names of very old files begin with", span, "@table");
    if (bytesOfFile(name) > kMostBytes)
      refuse(kind, name,
             "it is the name of a file, in which other characters than letters and digits take "
             "five bytes, and there is no room for so many",
             span, "@table");
  }
  void columnName(const std::string& name, Span span, const char* annotation) {
    if (name.ends_with(' ')) refuse("column", name, "it ends in a space", span, annotation);
    if (name.starts_with(' '))  // a renamed table is a view for a while
      refuse("column", name, "it begins with a space, which views leave out", span, annotation);
  }
  void indexName(const char* kind, const std::string& name, Span span) {
    if (name.ends_with(' ')) refuse(kind, name, "it ends in a space", span, "@name");
    if (equalWithoutCase(name, {"primary", "gen_clust_index"}))
      refuse(kind, name, "the server keeps it for itself", span, "@name");
  }
  // Two that differ by nothing but the case of letters of ASCII are refused whatever the database.
  void once(std::map<std::vector<llvm::UTF16>, std::string>& known, const std::string& name,
            const char* kind, const std::string& of, Span span, const char* annotation) {
    const auto [at, fresh] = known.emplace(withoutCase(name), name);
    if (fresh || catalog::folded(at->second) == catalog::folded(name)) return;
    sink_.add(report<Code::DDL003>(span, fmt::format("{} of `{}`", kind, of), name,
                                   fmt::format("`{}` to {}", at->second, server_))
                  .note("it compares names without case in every alphabet that it knows")
                  .help(fmt::format("name one of them otherwise with `{}`", annotation)));
  }

  const Places& places_;
  const char* server_;
  DiagnosticSink& sink_;
};

}  // namespace

void checkNames(const ir::Model& model, const catalog::Catalog& catalog, const Places& places,
                const char* server, DiagnosticSink& sink) {
  Names names(places, server, sink);
  for (const Table& table : catalog.tables) names.table(table);
  for (const auto& view : model.views) names.view(view, catalog::viewName(view, model.naming));
}

}  // namespace cambium::dialect::mariadb
