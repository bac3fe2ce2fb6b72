#include "plugins/sqlite/db/schema_parser.h"

#include <algorithm>

#include "plugins/sqlite/canonical.h"
#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using catalog::Column;
using catalog::Table;

const Column* columnNamed(const Table& table, std::string_view name) {
  for (const auto& column : table.columns)
    if (sameName(column.name, name)) return &column;
  return nullptr;
}

struct Range {
  size_t begin = 0, end = 0;
};

// Tokens with a cursor; the last token is `end` and is never passed.
class Reader {
public:
  explicit Reader(std::string_view sql) : tokens_(tokenize(sql)) {}
  const Token& peek(size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  const Token& next() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool accept(std::string_view word) {
    if (!peek().is(word)) return false;
    next();
    return true;
  }
  bool accept(std::string_view first, std::string_view second) {
    if (!peek().is(first) || !peek(1).is(second)) return false;
    next();
    next();
    return true;
  }
  bool atEnd() const { return peek().kind == TokenKind::end; }
  size_t at() const { return at_; }
  const Token& token(size_t index) const { return tokens_[index]; }
  const std::vector<Token>& tokens() const { return tokens_; }

  // After an opening parenthesis: what is inside, and past the closing one. False: it is not
  // closed.
  bool inside(Range& range) {
    range.begin = at_;
    for (unsigned depth = 1; !atEnd(); next()) {
      if (peek().is("(")) ++depth;
      if (peek().is(")") && --depth == 0) {
        range.end = at_;
        next();
        return true;
      }
    }
    return false;
  }

private:
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

// ---- canonical text of expressions
class Canonical {
public:
  Canonical(const Reader& reader, const Table& table) : reader_(reader), table_(table.name) {
    for (const auto& column : table.columns) columns_.push_back(column.name);
  }
  std::string text(Range range) const {
    return canonicalText(reader_.tokens(), range.begin, range.end, table_, columns_);
  }

private:
  const Reader& reader_;
  std::string table_;
  std::vector<std::string> columns_;
};

// ---- CREATE TABLE
class TableParser {
public:
  explicit TableParser(std::string_view sql) : in_(sql) {}

  ParsedTable parse() {
    if (!head() || !body() || !options()) {
      if (out_.why.empty()) out_.why = "the statement is not understood";
      return std::move(out_);
    }
    texts();
    keys();
    return std::move(out_);
  }

private:
  bool refuse(std::string why) {
    out_.why = std::move(why);
    return false;
  }

  bool head() {
    if (!in_.accept("CREATE", "TABLE") || !in_.peek().isName()) return false;
    table().name = in_.next().value;
    return in_.accept("(");
  }

  bool body() {
    bool constraints = false;
    while (true) {
      constraints = constraints || startsConstraint();
      if (constraints ? !tableConstraint() : !column()) return false;
      if (in_.accept(")")) return true;
      // Between constraints of the table the comma may be missing.
      if (!in_.accept(",") && !startsConstraint()) return false;
    }
  }

  bool startsConstraint() const {
    const Token& t = in_.peek();
    return t.is("CONSTRAINT") || t.is("PRIMARY") || t.is("UNIQUE") || t.is("CHECK") ||
           t.is("FOREIGN");
  }

  bool options() {
    while (!in_.atEnd()) {
      if (in_.accept("WITHOUT", "ROWID"))
        table().options.push_back("WITHOUT ROWID");
      else if (in_.accept("STRICT"))
        table().options.push_back("STRICT");
      else if (!in_.accept(","))
        return in_.accept(";") && in_.atEnd();
    }
    std::sort(table().options.begin(), table().options.end());
    return true;
  }

  // ---- columns
  static bool endsType(const Token& t) {
    for (const char* word : {"CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT",
                             "COLLATE", "REFERENCES", "GENERATED", "AS", ",", ")"})
      if (t.is(word)) return true;
    return t.kind == TokenKind::end;
  }

  bool column() {
    if (!in_.peek().isName()) return false;
    Column column;
    column.name = in_.next().value;
    while (!endsType(in_.peek())) {
      const Token& token = in_.next();
      if (token.is("(")) {
        column.type += '(';
        Range range;
        if (!in_.inside(range)) return false;
        for (size_t i = range.begin; i < range.end; ++i)
          column.type += (in_.token(i).spaceBefore && i > range.begin ? " " : "") +
                         std::string(in_.token(i).raw);
        column.type += ')';
        continue;
      }
      if (!token.isName()) return false;
      column.type += (column.type.empty() ? "" : " ") + std::string(token.raw);
    }
    out_.declaredTypes.push_back(column.type);
    table().columns.push_back(std::move(column));
    generated_.emplace_back();
    defaults_.emplace_back();
    while (!in_.peek().is(",") && !in_.peek().is(")")) {
      if (in_.atEnd() || !columnConstraint()) return false;
      // A column's list may run into the table's constraints without a comma: CONSTRAINT belongs to
      // the column then, as the engine reads it.
    }
    return true;
  }

  bool columnConstraint() {
    Column& column = table().columns.back();
    const std::string name = constraintName();
    if (in_.accept("PRIMARY", "KEY")) {
      table().primaryKey = {column.name};
      in_.accept("ASC");
      if (in_.accept("DESC")) return refuse("the key is in descending order");
      if (!conflict()) return false;
      column.autoIncrement = in_.accept("AUTOINCREMENT");
      return true;
    }
    if (in_.accept("NOT", "NULL")) {
      column.notNull = true;
      return conflict();
    }
    if (in_.accept("NULL")) return conflict();
    if (in_.accept("UNIQUE")) {
      addUnique(name, {{column.name, "", false}});
      return conflict();
    }
    if (in_.accept("CHECK")) return check(name);
    if (in_.accept("DEFAULT")) return defaultValue();
    if (in_.accept("COLLATE")) {
      const Token& collation = in_.next();
      column.type += (column.type.empty() ? "COLLATE " : " COLLATE ") + std::string(collation.raw);
      return collation.isName();
    }
    if (in_.accept("REFERENCES")) return references({column.name});
    if (in_.accept("GENERATED", "ALWAYS") || in_.peek().is("AS")) {
      if (!in_.accept("AS") || !in_.accept("(") || !in_.inside(generated_.back())) return false;
      column.stored = in_.accept("STORED");
      if (!column.stored) in_.accept("VIRTUAL");
      return true;
    }
    return false;
  }

  bool defaultValue() {
    Range& range = defaults_.back().range;
    if (in_.accept("(")) return in_.inside(range);
    range.begin = in_.at();
    if (!in_.accept("-")) in_.accept("+");
    const Token& token = in_.next();
    range.end = in_.at();
    // A bare name, and one in double quotes, are the text.
    const bool word = token.kind == TokenKind::word && !isPlainDefault(token.raw);
    if (word || token.kind == TokenKind::name) defaults_.back().text = token.value;
    return token.kind != TokenKind::symbol && token.kind != TokenKind::end;
  }

  // ---- constraints
  std::string constraintName() { return in_.accept("CONSTRAINT") ? in_.next().value : ""; }

  // ABORT is what happens anyway.
  bool conflict() {
    if (!in_.accept("ON", "CONFLICT")) return true;
    return in_.accept("ABORT") || refuse("a constraint has a conflict clause");
  }

  bool check(const std::string& name) {
    Range range;
    if (!in_.accept("(") || !in_.inside(range)) return false;
    table().checks.push_back({name, ""});
    checks_.push_back(range);
    return conflict();
  }

  void addUnique(const std::string& name, std::vector<catalog::IndexPart> parts) {
    catalog::Index index;
    index.name = name;
    index.parts = std::move(parts);
    index.unique = index.constraint = true;
    table().indexes.push_back(std::move(index));
  }

  bool names(std::vector<std::string>& list) {
    do {
      if (!in_.peek().isName()) return false;
      list.push_back(in_.next().value);
    } while (in_.accept(","));
    return in_.accept(")");
  }

  // ("a" [COLLATE c] [ASC|DESC], …)
  bool sortedNames(std::vector<catalog::IndexPart>& parts) {
    do {
      if (!in_.peek().isName()) return false;
      catalog::IndexPart part;
      part.column = in_.next().value;
      if (in_.accept("COLLATE")) {
        part.sql = std::string(in_.next().raw);  // made whole when the columns are known
      }
      if (in_.accept("DESC"))
        part.descending = true;
      else
        in_.accept("ASC");
      parts.push_back(std::move(part));
    } while (in_.accept(","));
    return true;
  }

  bool tableConstraint() {
    const std::string name = constraintName();
    if (in_.accept("PRIMARY", "KEY")) {
      std::vector<catalog::IndexPart> parts;
      if (!in_.accept("(") || !sortedNames(parts)) return false;
      tableAutoIncrement_ = in_.accept("AUTOINCREMENT");
      for (const auto& part : parts) {
        if (part.descending || !part.sql.empty())
          return refuse("the key has an order or collation of its own");
        table().primaryKey.push_back(part.column);
      }
      return in_.accept(")") && conflict();
    }
    if (in_.accept("UNIQUE")) {
      std::vector<catalog::IndexPart> parts;
      if (!in_.accept("(") || !sortedNames(parts) || !in_.accept(")")) return false;
      addUnique(name, std::move(parts));
      return conflict();
    }
    if (in_.accept("CHECK")) return check(name);
    if (in_.accept("FOREIGN", "KEY")) {
      std::vector<std::string> columns;
      return in_.accept("(") && names(columns) && in_.accept("REFERENCES") &&
             references(std::move(columns));
    }
    return false;
  }

  bool references(std::vector<std::string> columns) {
    catalog::ForeignKey fk;
    fk.columns = std::move(columns);
    fk.onDelete = fk.onUpdate = "NO ACTION";
    if (!in_.peek().isName()) return false;
    fk.table = in_.next().value;
    if (in_.accept("(") && !names(fk.tableColumns)) return false;
    while (true) {
      if (in_.accept("ON", "DELETE")) {
        if (!action(fk.onDelete)) return false;
      } else if (in_.accept("ON", "UPDATE")) {
        if (!action(fk.onUpdate)) return false;
      } else if (in_.accept("MATCH")) {
        return refuse("a foreign key has a MATCH clause");
      } else if (in_.accept("NOT", "DEFERRABLE")) {
        if (in_.accept("INITIALLY")) in_.next();
      } else if (in_.accept("DEFERRABLE")) {
        fk.deferrable = true;
        fk.deferred = in_.accept("INITIALLY", "DEFERRED");
        in_.accept("INITIALLY", "IMMEDIATE");
      } else {
        break;
      }
    }
    table().foreignKeys.push_back(std::move(fk));
    return true;
  }

  bool action(std::string& out) {
    if (in_.accept("SET", "NULL"))
      out = "SET NULL";
    else if (in_.accept("SET", "DEFAULT"))
      out = "SET DEFAULT";
    else if (in_.accept("CASCADE"))
      out = "CASCADE";
    else if (in_.accept("RESTRICT"))
      out = "RESTRICT";
    else if (in_.accept("NO", "ACTION"))
      out = "NO ACTION";
    else
      return false;
    return true;
  }

  // ---- when everything is known
  void texts() {
    const Canonical canonical(in_, table());
    for (size_t i = 0; i < table().columns.size(); ++i) {
      table().columns[i].generatedSql = canonical.text(generated_[i]);
      if (defaults_[i].text)
        table().columns[i].defaultSql = textLiteral(*defaults_[i].text);
      else
        table().columns[i].defaultSql = canonical.text(defaults_[i].range);
    }
    for (size_t i = 0; i < checks_.size(); ++i) table().checks[i].sql = canonical.text(checks_[i]);
  }

  std::string declared(const std::string& name) const {
    const Column* column = columnNamed(out_.table, name);
    return column ? column->name : name;
  }

  void keys() {
    Table& t = table();
    for (auto& name : t.primaryKey) name = declared(name);
    for (auto& fk : t.foreignKeys)
      for (auto& name : fk.columns) name = declared(name);
    for (auto& index : t.indexes)
      for (auto& part : index.parts) {
        part.column = declared(part.column);
        if (part.sql.empty()) continue;
        part.sql = quote(part.column) + " COLLATE " + part.sql;
        part.column.clear();
      }
    if (tableAutoIncrement_ && t.primaryKey.size() == 1)
      for (auto& column : t.columns)
        column.autoIncrement = column.autoIncrement || column.name == t.primaryKey[0];
    // A key column that the engine never lets be NULL: the rowid itself, and any of a STRICT or
    // WITHOUT ROWID table.
    for (size_t i = 0; i < t.columns.size(); ++i) {
      Column& column = t.columns[i];
      if (std::find(t.primaryKey.begin(), t.primaryKey.end(), column.name) == t.primaryKey.end())
        continue;
      const bool isRowid = t.primaryKey.size() == 1 && sameName(out_.declaredTypes[i], "INTEGER");
      if (isRowid || !t.options.empty()) column.notNull = true;
    }
  }

  struct Default {
    Range range;
    std::optional<std::string> text;
  };

  Table& table() { return out_.table; }

  Reader in_;
  ParsedTable out_;
  std::vector<Range> generated_, checks_;
  std::vector<Default> defaults_;
  bool tableAutoIncrement_ = false;
};

}  // namespace

ParsedTable parseTable(std::string_view sql) {
  return TableParser(sql).parse();
}

ParsedIndex parseIndex(std::string_view sql, const Table& table) {
  ParsedIndex out;
  out.why = "the statement is not understood";
  Reader in(sql);
  if (!in.accept("CREATE")) return out;
  out.index.unique = in.accept("UNIQUE");
  if (!in.accept("INDEX") || !in.peek().isName()) return out;
  out.index.name = in.next().value;
  Range all;
  if (!in.accept("ON") || !in.next().isName() || !in.accept("(") || !in.inside(all)) return out;
  const Canonical canonical(in, table);

  for (size_t begin = all.begin; begin < all.end;) {
    size_t end = begin;
    for (int depth = 0; end < all.end && (depth > 0 || !in.token(end).is(",")); ++end) {
      if (in.token(end).is("(")) ++depth;
      if (in.token(end).is(")")) --depth;
    }
    Range range{begin, end};
    catalog::IndexPart part;
    if (range.end > range.begin + 1) {
      const Token& last = in.token(range.end - 1);
      part.descending = last.is("DESC");
      if (last.is("DESC") || last.is("ASC")) --range.end;
    }
    if (range.end <= range.begin) return out;
    const Token& only = in.token(range.begin);
    const Column* column =
        range.end == range.begin + 1 && only.isName() ? columnNamed(table, only.value) : nullptr;
    if (column)
      part.column = column->name;
    else
      part.sql = canonical.text(range);
    out.index.parts.push_back(std::move(part));
    begin = end + 1;
  }
  if (in.accept("WHERE")) {
    Range where{in.at(), in.at()};
    while (!in.atEnd() && !in.peek().is(";")) in.next();
    where.end = in.at();
    out.index.whereSql = canonical.text(where);
  }
  in.accept(";");
  if (in.atEnd() && !out.index.parts.empty()) out.why.clear();
  return out;
}

}  // namespace cambium::dialect::sqlite
