#include "plugins/import/table_ddl.h"

#include <fmt/core.h>

#include <algorithm>

#include "plugins/import/rows.h"
#include "plugins/import/sql_expr_parser.h"
#include "plugins/import/table_elements.h"

namespace cambium::importing {
namespace {

class Reader {
public:
  Reader(const SourceMap& sources, const TableDialect& dialect)
      : sources_(sources), dialect_(dialect) {
    schema_.dialect = dialect.native;
  }

  void read(FileId file) {
    file_ = file;
    Cursor in(tokenize(sources_[file].text(), dialect_.tokens));
    ElementReader elements(in, schema_, dialect_, file);
    in_ = &in;
    elements_ = &elements;
    while (!in.atEnd()) {
      if (in.accept(";")) continue;
      statement();
      if (!in.atEnd() && !in.at(";")) elements.unexpected();
    }
  }

  Schema finish() {
    for (Table& table : schema_.tables) dialect_.settle(table, schema_);
    rows_.report(schema_);
    return std::move(schema_);
  }

private:
  Cursor& in() { return *in_; }
  ElementReader& elements() { return *elements_; }

  void statement() {
    if (in().peek().kind == TokenKind::broken) elements().unexpected();
    if (in().at("create")) return create();
    if (in().at("alter")) return alter();
    if (in().at("drop")) return drop();
    if (in().at("rename")) return renameTables();
    if (in().at("delimiter")) return routines();
    static constexpr std::string_view kAside[] = {
        "set",      "use",       "pragma",  "begin",  "commit", "start",   "lock",
        "unlock",   "analyze",   "vacuum",  "show",   "select", "grant",   "revoke",
        "rollback", "savepoint", "release", "attach", "detach", "reindex", "flush",
        "end",      "optimize",  "explain", "source", "call",   "do"};
    const Token& first = in().peek();
    const uint32_t begin = first.begin;
    for (const std::string_view word : kAside)
      if (first.is(word)) return skip();
    skip();
    const std::string_view text =
        sources_[file_].text().substr(begin, std::min<size_t>(in().peek().begin - begin, 400));
    if (!rows_.take(text, elements().spanAt(begin)))
      throw SyntaxFault{begin, "`" + first.value + "` begins no statement"};
  }

  // Any statement that is not looked into.
  void skip() {
    in().skipStatement();
    if (in().peek().kind == TokenKind::broken) elements().unexpected();
  }

  bool ifExists() {
    if (!in().at("if")) return false;
    in().next();
    in().accept("not");
    in().accept("exists");
    return true;
  }

  // ---------------------------------------------------------------- CREATE
  void create() {
    const Span at = elements().span();
    in().next();
    if (in().accept("or")) in().next();
    while (in().at("definer") || in().at("algorithm") || in().at("sql")) {  // of views and routines
      while (!in().atEnd() &&
             !in().atAny({"view", "trigger", "procedure", "function", "event", ";"}))
        in().next();
    }
    const bool temporary = in().accept("temporary") || in().accept("temp");
    if (in().accept("table")) return createTable(at, temporary);
    if (in().accept("virtual")) {
      in().next();
      ifExists();
      return object("virtual table", at, "the language has tables and views only");
    }
    const bool isUnique = in().accept("unique");
    std::string kind;
    if (in().at("fulltext") || in().at("spatial"))
      kind = in().next().is("fulltext") ? "fulltext" : "spatial";
    if (in().accept("index")) return createIndex(at, isUnique, kind);
    if (in().accept("view"))
      return object("view", at, "a view of the language is written by hand: `view V of E { … }`");
    if (in().accept("trigger")) return trigger(at);
    for (const char* word : {"procedure", "function", "event", "sequence", "server"})
      if (in().accept(word))
        return object(word, at, std::string("the language has no ") + word + "s");
    if (in().at("database") || in().at("schema") || in().at("user") || in().at("role"))
      return skip();
    elements().unexpected();
  }

  void object(std::string kind, Span at, std::string why) {
    ifExists();
    schema_.addObject({std::move(kind), elements().name(), "", at, std::move(why)});
    skip();
  }

  // Its body has statements of its own.
  void trigger(Span at) {
    ifExists();
    const std::string name = elements().name();
    std::string table;
    int depth = 0;
    bool body = false;
    while (!in().atEnd()) {
      if (table.empty() && in().accept("on")) {
        table = elements().name();
        continue;
      }
      if (in().at("begin") || in().at("case")) ++depth, body = body || in().at("begin");
      if (in().at("end")) --depth;
      if (in().at(";") && (!body || depth <= 0)) break;
      in().next();
    }
    schema_.addObject({"trigger", name, table, at, "the language has no triggers"});
  }

  // DELIMITER // … DELIMITER ; : routines and triggers, which are named and read past.
  void routines() {
    in().next();
    while (!in().atEnd()) {
      const Span at = elements().span();
      if (in().accept("delimiter")) {
        if (in().at(";")) return;
        continue;
      }
      const Token& word = in().next();
      for (const char* kind : {"procedure", "function", "trigger", "event"})
        if (word.is(kind) && in().peek().isName() && created_)
          schema_.addObject(
              {kind, in().peek().value, "", at, std::string("the language has no ") + kind + "s"});
      created_ = word.is("create") || (created_ && !word.is(";") && !word.is("begin"));
    }
  }

  void createTable(Span at, bool temporary) {
    const bool ifNot = ifExists();
    Table table;
    table.at = elements().span();
    table.name = elements().name();
    if (temporary) return skip();
    if (in().at("as") || in().at("select")) {
      schema_.addObject(
          {"table", table.name, "", at, "what its columns are is known to the database alone"});
      return skip();
    }
    const bool exists = schema_.findTable(table.name);
    if (in().accept("like") || (in().at("(") && in().peek(1).is("like"))) {
      in().accept("(");
      in().accept("like");
      const std::string from = elements().name();
      in().accept(")");
      if (const Table* like = schema_.findTable(from); like && !exists) {
        Table copy = *like;
        copy.name = table.name;
        copy.at = table.at;
        copy.foreignKeys.clear();
        schema_.tables.push_back(std::move(copy));
      }
      return;
    }
    elements().expect("(");
    do {
      if (elements().atConstraint())
        elements().constraint(table);
      else
        elements().column(table);
    } while (in().accept(","));
    elements().expect(")");
    tableOptions(table);
    if (exists && ifNot) return;
    // Foreign keys that name it may stand before it.
    std::erase_if(schema_.tables, [&](const Table& t) { return schema_.same(t.name, table.name); });
    schema_.tables.push_back(std::move(table));
  }

  void tableOptions(Table& table) {
    const auto lose = [&](Span at, const std::string& what, const char* why) {
      schema_.lose(at, what + " of table `" + table.name + "`", why);
    };
    while (!in().atEnd() && !in().at(";")) {
      const Span at = elements().span();
      if (in().accept("comment")) {
        in().accept("=");
        table.comment = in().next().value;
      } else if (in().accept("engine")) {
        in().accept("=");
        const std::string engine = in().next().value;
        if (lowered(engine) != "innodb")
          lose(at, "ENGINE " + engine, "the language has no storage engines");
      } else if (in().accept("without", "rowid")) {
        table.withoutRowid = true;
      } else if (in().accept("partition", "by")) {
        lose(at, "partitioning", "the language has no partitions");
        while (!in().atEnd() && !in().at(";")) in().next();
      } else if (in().accept("collate")) {
        in().accept("=");
        in().next();
        lose(at, "COLLATE", "the language has no collations");
      } else if (in().accept("(")) {
        in().skipParentheses();
      } else if (in().peek().kind != TokenKind::broken &&
                 (in().atAny({"strict", ",", "="}) || in().peek().isName() ||
                  in().peek().kind == TokenKind::number || in().peek().kind == TokenKind::text)) {
        in().next();  // AUTO_INCREMENT=5, DEFAULT CHARSET=utf8mb4, STRICT …
      } else {
        elements().unexpected();
      }
    }
  }

  void createIndex(Span at, bool isUnique, const std::string& kind) {
    const bool ifNot = ifExists();
    Index index;
    index.at = at;
    index.unique = isUnique;
    index.name = elements().name();
    if (in().accept("using")) in().next();
    elements().expect("on");
    const std::string on = elements().name();
    if (in().accept("using")) in().next();
    index.parts = elements().indexParts("index `" + index.name + "`");
    if (in().accept("where")) index.where = parseExpression(in());
    skip();
    index.kind = kind;
    Table* table = schema_.findTable(on);
    if (!table)
      return schema_.lose(at, "index `" + index.name + "`",
                          "there is no table `" + on + "` before it");
    const auto same = [&](const Index& other) { return schema_.same(other.name, index.name); };
    if (ifNot && std::ranges::any_of(table->indexes, same)) return;
    table->indexes.push_back(std::move(index));
  }

  // ---------------------------------------------------------------- ALTER, RENAME, DROP
  void alter() {
    in().next();
    if (!in().accept("table")) {
      if (in().atAny({"database", "schema", "user", "view", "event", "algorithm", "definer"}))
        return skip();
      elements().unexpected();
    }
    ifExists();
    const std::string name = elements().name();
    Table* table = schema_.findTable(name);
    if (!table) {
      schema_.lose(elements().span(), "ALTER TABLE `" + name + "`",
                   "there is no such table before it");
      return skip();
    }
    std::string now = name;
    do {
      table = schema_.findTable(now);
      if (!table) return skip();
      change(*table, now);
    } while (in().accept(","));
  }

  void change(Table& table, std::string& name) {
    if (in().accept("add")) return add(table);
    if (in().accept("drop")) return dropPart(table);
    if (in().accept("modify")) {
      in().accept("column");
      const std::string column = in().peek().value;
      return redefine(table, column);
    }
    if (in().accept("change")) {
      in().accept("column");
      const std::string column = elements().name(), renamed = in().peek().value;
      if (column != renamed) schema_.renameColumn(table, column, renamed);
      return redefine(table, renamed);
    }
    if (in().accept("rename")) return rename(table, name);
    if (in().accept("alter")) {
      in().accept("column");
      Column* column = schema_.findColumn(table, elements().name());
      if (in().accept("set", "default")) {
        const Span at = elements().span();
        SqlExpr e = parseDefault(in());
        if (column) column->defaultValue = Value{std::move(e), at, ""};
      } else if (in().accept("drop", "default")) {
        if (column) column->defaultValue.reset();
      } else {
        elements().unexpected();
      }
      return;
    }
    // ENGINE = …, CONVERT TO CHARACTER SET …, AUTO_INCREMENT = 5, ORDER BY …
    if (!in().peek().isName()) elements().unexpected();
    while (!in().atEnd() && !in().at(",") && !in().at(";")) {
      if (in().accept("comment")) {
        in().accept("=");
        table.comment = in().peek().value;
      }
      in().next();
    }
  }

  void redefine(Table& table, const std::string& name) {
    Column* column = schema_.findColumn(table, name);
    if (!column) elements().fault("table `" + table.name + "` has no column `" + name + "`");
    if (const Enum* e = schema_.findEnum(column->type.enumeration); e && e->ofColumn)
      schema_.dropEnum(std::string(e->name));
    elements().column(table, column);
  }

  void add(Table& table) {
    if (elements().atConstraint()) return elements().constraint(table);
    in().accept("column");
    ifExists();
    if (!in().accept("(")) return elements().column(table);
    do elements().column(table);
    while (in().accept(","));
    elements().expect(")");
  }

  void dropPart(Table& table) {
    if (in().accept("primary", "key")) {
      table.primaryKey.clear();
      return;
    }
    if (in().accept("constraint") || in().accept("check") || in().accept("foreign", "key")) {
      ifExists();
      return schema_.dropConstraint(table, elements().name());
    }
    if (in().accept("index") || in().accept("key")) {
      ifExists();
      const std::string name = elements().name();
      std::erase_if(table.indexes, [&](const Index& i) { return schema_.same(i.name, name); });
      return;
    }
    in().accept("column");
    ifExists();
    schema_.dropColumn(table, elements().name());
    in().accept("cascade");
    in().accept("restrict");
  }

  void rename(Table& table, std::string& name) {
    if (in().accept("column") ||
        (!in().atAny({"to", "as", "index", "key"}) && in().peek(1).is("to"))) {
      const std::string from = elements().name();
      elements().expect("to");
      return schema_.renameColumn(table, from, elements().name());
    }
    if (in().accept("index") || in().accept("key")) {
      const std::string from = elements().name();
      elements().expect("to");
      const std::string to = elements().name();
      for (Index& index : table.indexes)
        if (schema_.same(index.name, from)) index.name = to;
      return;
    }
    if (!in().accept("to")) in().accept("as");
    const std::string from = name;
    name = elements().name();
    renameTable(from, name);
  }

  // SQLite's way to change a table makes a new one of the old one's name: what referred to the old
  // one refers to it.
  void renameTable(const std::string& from, const std::string& to) {
    schema_.renameTable(from, to);
  }

  void renameTables() {
    in().next();
    elements().expect("table");
    do {
      const std::string from = elements().name();
      elements().expect("to");
      renameTable(from, elements().name());
    } while (in().accept(","));
  }

  void drop() {
    in().next();
    in().accept("temporary");
    const std::string kind = lowered(in().next().value);
    if (kind == "database" || kind == "schema" || kind == "user" || kind == "role") return skip();
    ifExists();
    do {
      const std::string name = elements().name();
      if (kind == "table") {
        // Foreign keys that name a table outlive it here: it may come back under the same name.
        std::erase_if(schema_.tables, [&](const Table& t) { return schema_.same(t.name, name); });
        std::erase_if(schema_.objects, [&](const Object& o) {
          return o.kind == "trigger" && schema_.same(o.table, name);
        });
        schema_.dropObject("virtual table", name);
        schema_.dropObject("table", name);
      } else if (kind == "index") {
        if (in().accept("on")) {
          Table* table = schema_.findTable(elements().name());
          if (table)
            std::erase_if(table->indexes,
                          [&](const Index& i) { return schema_.same(i.name, name); });
        } else {
          schema_.dropIndex(name);
        }
      } else {
        schema_.dropObject(kind, name);
      }
    } while (in().accept(","));
    skip();
  }

  const SourceMap& sources_;
  const TableDialect& dialect_;
  Schema schema_;
  Rows rows_;
  FileId file_;
  Cursor* in_ = nullptr;
  ElementReader* elements_ = nullptr;
  bool created_ = false;
};

}  // namespace

ReadSchema readTables(const SourceMap& sources, std::span<const FileId> files,
                      const TableDialect& dialect) {
  Reader reader(sources, dialect);
  for (const FileId file : files) {
    try {
      reader.read(file);
    } catch (const SyntaxFault& fault) {
      return Failure{report<Code::IMP001>({file, fault.at, fault.at}, sources[file].name(),
                                          displayNameOf(dialect.format), fault.message)};
    }
  }
  return reader.finish();
}

}  // namespace cambium::importing
