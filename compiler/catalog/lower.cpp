// Entities to tables: columns, keys, checks, foreign keys and indexes.
#include "compiler/catalog/lower.h"

#include <algorithm>
#include <unordered_map>

#include "compiler/catalog/kept.h"
#include "compiler/catalog/lower_access.h"
#include "compiler/catalog/lower_exclusions.h"
#include "compiler/catalog/lower_indexes.h"
#include "compiler/catalog/lower_names.h"
#include "compiler/catalog/lower_views.h"
#include "compiler/catalog/name_clashes.h"
#include "compiler/catalog/names.h"
#include "compiler/catalog/sql.h"
#include "compiler/ir/refinements.h"

namespace cambium::catalog {

namespace {

const char* spelling(ir::RefAction action) {
  switch (action) {
    case ir::RefAction::restrict: return "RESTRICT";
    case ir::RefAction::cascade: return "CASCADE";
    case ir::RefAction::setNull: return "SET NULL";
    case ir::RefAction::setDefault: return "SET DEFAULT";
    case ir::RefAction::noAction: return "NO ACTION";
  }
  return "";
}

// `text` with {0} replaced, outside of string literals.
std::string fill(std::string_view text, std::string_view column) {
  std::string out;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') inString = !inString;
    if (!inString && text.substr(i, 3) == "{0}") {
      out += column;
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Where in the expression the function is called.
Span placeOf(const ir::Expr& e, ir::Function function) {
  if (e.kind == ir::ExprKind::call && e.function == function) return e.span;
  for (const ir::Expr& argument : e.args)
    if (const Span found = placeOf(argument, function)) return found;
  return {};
}

std::vector<std::string> splitOptions(std::string_view text) {
  std::vector<std::string> out;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    std::string_view option = text.substr(at, comma - at);
    while (option.starts_with(' ')) option.remove_prefix(1);
    while (option.ends_with(' ')) option.remove_suffix(1);
    if (!option.empty()) out.emplace_back(option);
    at = comma + 1;
  }
  return out;
}

class Lowerer {
public:
  Lowerer(const ir::Model& model, const Traits& traits, DiagnosticSink& sink)
      : model_(model),
        traits_(traits),
        sink_(sink),
        placement_(placeNames(model, traits, sink)),
        lowered_(placement_.lowered),
        access_(model, placement_, traits, sink,
                [this](const ir::Expr& e, Span fallback) { return speakable(e, fallback); }) {}

  Lowered run() {
    for (uint32_t i = 0; i < model_.entities.size(); ++i) {
      const ir::Entity& entity = model_.entities[ir::EntityId(i)];
      if (isDeployed(entity)) tableName(entity, lowered_.tables[i]);
      // The name is taken, whoever has the table.
      if (entity.lifecycle == ir::Lifecycle::external)
        claim(catalog::tableName(entity, model_.naming),
              {"the table", entity.name, "", entity.span},
              "give one of them another name with `@table(\"…\")`");
    }
    for (uint32_t i = 0; i < model_.entities.size(); ++i)
      if (isDeployed(model_.entities[ir::EntityId(i)]))
        lowered_.catalog.tables.insert(table(ir::EntityId(i)));
    access_.tables(lowered_.catalog);
    for (const ir::View& v : model_.views) view(v);
    for (const ir::TagGroup& group : model_.tagGroups) tags(group);
    access_.warn();
    return std::move(lowered_);
  }

private:
  void tableName(const ir::Entity& entity, const std::string& name) {
    if (folded(name).starts_with("cambium_"))
      sink_.add(report<Code::DDL006>(entity.span, "table", name))
          .help("give the table another name with `@table(\"…\")`");
    if (!entity.table.empty()) limit(name, entity.span);
    claim(name, {"the table", entity.name, "", entity.span},
          "give one of them another name with `@table(\"…\")`");
  }

  // A name that tables and indexes share.
  void claim(const std::string& name, const Named& named, const char* help) {
    const auto [it, fresh] = relations_.try_emplace(folded(name), named);
    if (!fresh) reportSameName(sink_, name, it->second, named, help);
  }

  // A name that was asked for is never changed behind the user's back.
  void limit(const std::string& name, Span span) {
    if (name.size() > traits_.maxIdentifierBytes)
      sink_
          .add(report<Code::DDL004>(span, name, name.size(), traits_.displayName,
                                    traits_.maxIdentifierBytes))
          .help("choose a shorter name");
  }

  // Documentation, and that nobody should begin to use it.
  static std::string commentOf(const std::string& doc, bool deprecated, const std::string& why) {
    if (!deprecated) return doc;
    return fmt::format("{}{}Deprecated{}{}", doc, doc.empty() ? "" : "\n\n",
                       why.empty() ? "" : ": ", why);
  }

  Table table(ir::EntityId id) {
    entity_ = &model_[id];
    id_ = id;
    out_ = Table{};
    out_.name = lowered_.tables[id.index()];
    if (traits_.comments)
      out_.comment = commentOf(entity_->doc, entity_->lifecycle == ir::Lifecycle::deprecated,
                               entity_->deprecation);
    const auto native = entity_->native.find(traits_.dialect);
    out_.options =
        native == entity_->native.end() ? traits_.tableOptions : splitOptions(native->second);
    std::ranges::sort(out_.options);
    for (const KeyColumn& column : keyOf(id)) out_.primaryKey.push_back(column.name);

    for (const ir::PropertyId p : entity_->properties) columns(p);
    if (!traits_.addColumnGeneratedVirtual) spellOut();
    for (size_t i = 0, unnamed = 0; i < entity_->checks.size(); ++i)
      modelCheck(entity_->checks[i], unnamed);
    for (const ir::PropertyId p : entity_->properties)
      if (model_[p].unique && !lowered_.columnsOf(p).empty())
        uniqueProperty(model_[p], lowered_.columnsOf(p));
    for (const ir::Unique& unique : entity_->uniques) index(unique, true, "uq");
    for (const ir::Index& i : entity_->indexes) index(i, false, "ix");
    for (const ir::PropertyId p : entity_->properties) reference(p);

    names();
    if (traits_.settleTable) traits_.settleTable(out_);
    std::ranges::sort(out_.checks, {}, &Check::name);
    std::ranges::sort(out_.indexes, {}, &Index::name);
    std::ranges::sort(out_.foreignKeys, {}, &ForeignKey::columns);
    return std::move(out_);
  }

  std::vector<KeyColumn> keyOf(ir::EntityId id) const {
    std::vector<KeyColumn> key;
    for (const ir::PropertyId part : model_[id].key.properties) {
      const auto& columns = lowered_.columnsOf(part);
      for (size_t i = 0; i < columns.size(); ++i)
        key.push_back({columns[i], placement_.leaves[part.index()][i]});
    }
    return key;
  }

  SqlContext context() const { return entityContext(model_, lowered_, id_, traits_, ""); }

  // SQL of an expression, "" with an error where the dialect lacks a function.
  std::string sql(const ir::Expr& e, const SqlContext& context, Span fallback) {
    return speakable(e, fallback) && e.kind != ir::ExprKind::error ? toSql(e, context)
                                                                   : std::string();
  }

  // Whether the dialect can say it.
  bool speakable(const ir::Expr& e, Span fallback) {
    const auto lacking = unsupportedFunctions(e, traits_);
    for (const ir::Function f : lacking) {
      const Span at = placeOf(e, f);
      sink_.add(report<Code::DDL002>(at ? at : fallback, traits_.displayName, ir::info(f).name))
          .under("not available")
          .help("say it without this function, or keep it out of the database");
    }
    return nativeFor(e, fallback) && lacking.empty();
  }

  // What is said in SQL is said for this dialect, and nobody reads it.
  bool nativeFor(const ir::Expr& e, Span fallback) {
    bool said = true;
    if (e.kind == ir::ExprKind::native) {
      const Span at = e.span ? e.span : fallback;
      const auto own = std::ranges::find(e.path, traits_.dialect);
      said = own != e.path.end();
      if (said && exclusionIn(e.args[size_t(own - e.path.begin())].text)) {
        sink_.add(report<Code::DDL076>(at)).help("write it as `check NAME: sql(…)`");
        said = false;
      } else if (said)
        sink_.add(report<Code::DDL010>(at, traits_.displayName))
            .help("if it is right, say so: `@allow(DDL010, \"why\")`");
      else
        sink_.add(report<Code::DDL009>(at, traits_.displayName))
            .help("add `" + traits_.dialect + ": \"…\"`");
    }
    for (const ir::Expr& argument : e.args) said = nativeFor(argument, fallback) && said;
    return said;
  }

  // ---------------------------------------------------------------- columns and their checks
  void columns(ir::PropertyId id) {
    const ir::Property& p = model_[id];
    const auto& names = lowered_.columnsOf(id);
    if (!p.column.empty())
      for (const std::string& name : names) limit(name, p.span);
    for (const std::string& name : names)
      if (isKeptName(name))
        sink_.add(report<Code::DDL006>(p.span, "column", name))
            .help("give the column another name with `@column(\"…\")`");
    const bool inKey =
        std::ranges::find(entity_->key.properties, id) != entity_->key.properties.end();
    for (size_t i = 0; i < names.size(); ++i) {
      Column column;
      column.name = names[i];
      column.notNull = inKey || !p.type.optional;
      const TypeMapping mapping =
          typeOf(p, placement_.leaves[id.index()][i], names.size() == 1, inKey, column);
      if (traits_.comments) column.comment = commentOf(p.doc, p.deprecated, p.deprecation);
      column.autoIncrement = p.autoincrement;
      const bool isNull = p.defaultValue && p.defaultValue->kind == ir::ExprKind::literal &&
                          p.defaultValue->type.scalar == ir::Scalar::null;
      if (p.defaultValue && names.size() == 1 && !isNull)
        column.defaultSql = sql(*p.defaultValue, context(), p.span);
      if (p.computed) {
        column.generatedSql = sql(*p.computed, context(), p.span);
        column.stored = p.stored || !traits_.addColumnGeneratedVirtual;
        column.notNull = false;  // what it is follows from its expression
      }
      if (p.kind == ir::PropertyKind::value) propertyCheck(p, mapping, names[i]);
      out_.columns.push_back(std::move(column));
    }
  }

  // A database without virtual columns has none over another computed one: its expression becomes
  // part of the other's. There is no circle among them.
  void spellOut() {
    const std::string mark = "\x01";  // no name has it
    for (const Column& inner : out_.columns) {
      if (inner.generatedSql.empty()) continue;
      // Whoever has it is rid of it; what it has itself is met again when its turn comes, or was.
      for (Column& outer : out_.columns) {
        if (&outer == &inner || !mentions(outer.generatedSql, inner.name, traits_)) continue;
        std::string& sql = outer.generatedSql;
        sql = renameIdentifier(sql, inner.name, mark, traits_);
        const std::string quoted = traits_.quote(mark);
        for (size_t at = 0; (at = sql.find(quoted, at)) != std::string::npos;) {
          sql.replace(at, quoted.size(), "(" + inner.generatedSql + ")");
          at += inner.generatedSql.size() + 2;
        }
      }
    }
  }

  // Sets the column's type. Out: what has to be done so that it holds the type.
  TypeMapping typeOf(const ir::Property& p, ir::PropertyId leafId, bool single, bool inKey,
                     Column& column) {
    const ir::Property& leaf = model_[leafId];
    const std::string* native = nullptr;
    for (const ir::Property* from : {&p, &leaf}) {
      if (from == &p && !single) continue;
      const auto found = from->native.find(traits_.dialect);
      if (!native && found != from->native.end()) native = &found->second;
    }
    if (native) {
      column.type = *native;
      // Some engines allow NULL in a key that does not say otherwise; `@native` can ask for just
      // that.
      constexpr std::string_view nullable = " NULL";
      if (inKey && native == nativeOf(p) && column.type.ends_with(nullable)) {
        column.type.resize(column.type.size() - nullable.size());
        column.notNull = false;
      } else if (column.type.ends_with(nullable)) {
        column.type.resize(column.type.size() - nullable.size());
      }
      return {};
    }
    TypeMapping mapping = traits_.mapType(leaf.type, model_);
    column.type = mapping.sqlType;
    return mapping;
  }

  const std::string* nativeOf(const ir::Property& p) const {
    const auto found = p.native.find(traits_.dialect);
    return found == p.native.end() ? nullptr : &found->second;
  }

  // All that is to be true of one property's value, as one check. NULL passes: SQL refuses only
  // what is false.
  void propertyCheck(const ir::Property& p, const TypeMapping& mapping, const std::string& column) {
    if (mapping.check.empty() && mapping.loss.empty() &&
        ir::refinementsOf(model_, p.type, p.where).empty())
      return;
    std::string loss = mapping.loss;
    std::string quoted = traits_.quote(column);
    SqlContext scope = context();
    scope.value = quoted;
    scope.native = [&](const std::string& said) {
      return nativeOver(said, {"value"}, traits_, [&](const std::string&) { return quoted; });
    };
    auto refinements = ir::refinementsOf(model_, p.type, p.where);
    if (p.type.list && !refinements.empty()) {
      // A refinement of a list is about its elements.
      if (loss.empty()) loss = "the elements of a list are not checked by the engine";
      refinements.clear();
    }
    std::string text = mapping.check.empty() ? std::string() : fill(mapping.check, quoted);
    const bool several = refinements.size() + (text.empty() ? 0 : 1) > 1;
    for (const ir::Expr* refinement : refinements) {
      if (!nativeFor(*refinement, p.span)) continue;
      const auto lacking = unsupportedFunctions(*refinement, traits_);
      if (lacking.empty())
        text += (text.empty() ? "" : " AND ") +
                (several ? toSqlTerm(*refinement, scope) : toSql(*refinement, scope));
      else
        sink_
            .add(report<Code::DDL005>(p.span, traits_.displayName, p.name,
                                      ir::info(lacking.front()).name))
            .help("applications have to see to it; `@allow(DDL005, \"why\")` says that you know");
    }
    if (!loss.empty())
      sink_
          .add(report<Code::DDL001>(p.span, traits_.displayName, p.name,
                                    ir::toString(p.type, model_), loss))
          .help("if that is good enough, say so: `@allow(DDL001, \"why\")`");
    if (text.empty()) return;
    out_.checks.push_back(
        {derivedName("ck", {out_.name, column}, traits_.maxIdentifierBytes), std::move(text)});
    checkSpans_.push_back(p.span);
  }

  void modelCheck(const ir::Check& check, size_t& unnamed) {
    const std::string part = check.name.empty() ? std::to_string(++unnamed) : check.name;
    std::string name = check.databaseName;
    if (name.empty())
      name = derivedName("ck", {out_.name, part}, traits_.maxIdentifierBytes);
    else
      limit(name, check.span);
    const bool exclusion = isExclusion(check.condition);
    std::string text = exclusion ? exclusionSql(check, entity_->name, context(), sink_)
                                 : sql(check.condition, context(), check.span);
    if (text.empty()) return;
    // Its index has its name.
    if (exclusion)
      claim(name, {"the exclusion constraint", entity_->name, check.name, check.span},
            "give it a name of its own: `check NAME: …` or `@name(\"…\")`");
    out_.checks.push_back({std::move(name), std::move(text)});
    checkSpans_.push_back(check.span);
  }
  // ---------------------------------------------------------------- indexes
  void add(Index index, const char* kind, std::string_view member, Span span) {
    if (!index.name.empty())
      claim(index.name, {kind, entity_->name, member, span},
            "give it a name of its own: `index NAME (…)`, `unique NAME (…)` or `@name(\"…\")`");
    out_.indexes.push_back(std::move(index));
  }

  std::string indexName(std::string_view prefix, const std::vector<std::string>& parts) const {
    std::vector<std::string> all{out_.name};
    all.insert(all.end(), parts.begin(), parts.end());
    return derivedName(prefix, all, traits_.maxIdentifierBytes);
  }

  void uniqueProperty(const ir::Property& p, const std::vector<std::string>& columns) {
    Index index;
    index.name = indexName("uq", columns);
    for (const std::string& column : columns) index.parts.push_back({column, "", false});
    index.unique = true;
    add(std::move(index), "the unique index", p.name, p.span);
  }

  template <class Declared>
  void index(const Declared& declared, bool unique, std::string_view prefix) {
    Index index;
    index.unique = unique;
    if constexpr (std::is_same_v<Declared, ir::Unique>) index.constraint = declared.constraint;
    if constexpr (std::is_same_v<Declared, ir::Index>)
      if (!chooseMethod(declared, *entity_, traits_, index, sink_)) return;
    std::vector<std::string> words;
    const SqlContext scope = context();
    for (const ir::IndexPart& part : declared.parts) {
      const auto native = wordsBehind(part, declared.span, traits_, sink_);
      if (!native) return;
      if (const auto id = propertyOf(part.expr)) {
        for (const std::string& column : lowered_.columnsOf(*id)) {
          index.parts.push_back({column, "", part.descending, *native});
          words.push_back(column);
        }
        continue;
      }
      std::string text = sql(part.expr, scope, declared.span);
      if (text.empty()) return;
      index.parts.push_back({"", std::move(text), part.descending, *native});
      wordsOf(part.expr, words);
    }
    if (declared.where) {
      index.whereSql = sql(*declared.where, scope, declared.span);
      if (index.whereSql.empty()) return;
    }
    if (includesAny(declared, *entity_, traits_, sink_))
      for (const ir::Expr& e : declared.include)
        if (const auto id = propertyOf(e))
          for (const auto& column : lowered_.columnsOf(*id)) includeColumn(column, traits_, index);
    if (!declared.databaseName.empty()) {
      index.name = declared.databaseName;
      limit(index.name, declared.span);
    } else if (!index.constraint || !declared.name.empty() || traits_.namedUniqueConstraints) {
      if (!declared.name.empty()) words = {declared.name};
      index.name = indexName(prefix, words);
    }
    add(std::move(index), unique ? "the unique index" : "the index", declared.name, declared.span);
  }

  std::optional<ir::PropertyId> propertyOf(const ir::Expr& e) const {
    const bool own = e.kind == ir::ExprKind::property && e.path.size() == 1;
    return own ? model_.findProperty(id_, e.path.front()) : std::nullopt;
  }

  // What an expression is about, for a name: lower(email) → "lower", "email".
  void wordsOf(const ir::Expr& e, std::vector<std::string>& words) const {
    if (e.kind == ir::ExprKind::call) words.emplace_back(ir::info(e.function).name);
    if (e.kind == ir::ExprKind::property && !e.path.empty()) {
      const auto id = model_.findProperty(id_, e.path.front());
      if (id && !lowered_.columnsOf(*id).empty()) words.push_back(lowered_.columnsOf(*id).front());
    }
    for (const ir::Expr& argument : e.args) wordsOf(argument, words);
  }

  void reference(ir::PropertyId id) {
    const ir::Property& p = model_[id];
    const auto& columns = lowered_.columnsOf(id);
    if (p.kind != ir::PropertyKind::reference || columns.empty()) return;
    const std::string& target = lowered_.table(p.target);
    if (!target.empty() && !p.draft) {
      ForeignKey key;
      if (traits_.namedForeignKeys) key.name = foreignKeyName(p, columns);
      key.columns = columns;
      key.table = target;
      for (const KeyColumn& column : keyOf(p.target)) key.tableColumns.push_back(column.name);
      key.onDelete = spelling(p.onDelete);
      key.onUpdate = spelling(p.onUpdate);
      deferral(p, key);
      out_.foreignKeys.push_back(std::move(key));
    }
    if (!p.indexed || isCovered(columns)) return;
    Index index;
    index.name = indexName("ix", columns);
    for (const std::string& column : columns) index.parts.push_back({column, "", false});
    add(std::move(index), "the index", p.name, p.span);
  }

  std::string foreignKeyName(const ir::Property& p, const std::vector<std::string>& columns) {
    if (p.foreignKey.empty()) return indexName("fk", columns);
    limit(p.foreignKey, p.span);
    return p.foreignKey;
  }

  void deferral(const ir::Property& p, ForeignKey& key) {
    if (p.deferral == ir::Deferral::no) return;
    key.deferrable = traits_.deferrableForeignKeys;
    key.deferred = key.deferrable && p.deferral == ir::Deferral::deferred;
    if (!key.deferrable)
      sink_.add(report<Code::DDL012>(p.span, traits_.displayName, entity_->name, p.name))
          .help("if its rows come in the right order, say so: `@allow(DDL012, \"why\")`");
  }

  // True if the key or an index over all rows begins with these columns.
  bool isCovered(const std::vector<std::string>& columns) const {
    const auto begins = [&](const auto& list, auto nameOf) {
      if (list.size() < columns.size()) return false;
      for (size_t i = 0; i < columns.size(); ++i)
        if (nameOf(list[i]) != columns[i]) return false;
      return true;
    };
    if (begins(out_.primaryKey, [](const std::string& name) -> const std::string& { return name; }))
      return true;
    return std::ranges::any_of(out_.indexes, [&](const Index& index) {
      return index.whereSql.empty() && index.isUsual() &&
             begins(index.parts, [](const IndexPart& p) -> const std::string& { return p.column; });
    });
  }

  // ---------------------------------------------------------------- views and tags
  void view(const ir::View& view) {
    if (view.of.index() >= model_.entities.size() || lowered_.table(view.of).empty()) return;
    std::string name = viewName(view, model_.naming);
    if (view.databaseName.empty())
      name = cutName(std::move(name), traits_.maxIdentifierBytes);
    else
      limit(name, view.span);
    const auto [it, fresh] =
        relations_.try_emplace(folded(name), Named{"the view", view.name, "", view.span});
    if (!fresh)
      return reportSameName(sink_, name, it->second, {"the view", view.name, "", view.span},
                            "give one of them another name with `@table(\"…\")`");
    bool possible = !view.where || speakable(*view.where, view.span);
    for (const ir::ViewColumn& column : view.columns)
      possible = speakable(column.expr, column.span) && possible;
    if (!possible) return;
    const auto sql = [&](const std::string& options) {
      return viewSql(view, name, model_, placement_, traits_, options);
    };
    const std::string& options =
        access_.viewOptions(view, sql(traits_.viewOptions), lowered_.catalog);
    View lowered{name, sql(options), access_.grantsOn(view)};
    if (traits_.settleView) traits_.settleView(lowered);
    lowered_.catalog.put(std::move(lowered));
  }

  void tags(const ir::TagGroup& group) {
    const auto entity = model_.findEntity(group.name);
    if (!entity || lowered_.table(*entity).empty()) return;
    const auto columnOf = [&](const char* name) {
      const auto id = model_.findProperty(*entity, name);
      return id ? lowered_.columnsOf(*id).front() : std::string(name);
    };
    const auto text = [&](const std::string& value) {
      ir::Expr e;
      e.kind = ir::ExprKind::literal;
      e.type.scalar = value.empty() ? ir::Scalar::null : ir::Scalar::text;
      e.text = value;
      return traits_.literal(e);
    };
    for (size_t i = 0; i < group.tags.size(); ++i)
      lowered_.catalog.rows.insert({lowered_.table(*entity),
                                    columnOf("name"),
                                    text(group.tags[i].name),
                                    {{columnOf("position"), std::to_string(i + 1)},
                                     {columnOf("title"), text(group.tags[i].title)}}});
  }

  // ---------------------------------------------------------------- names within the table
  void names() {
    std::vector<std::pair<const std::string*, Named>> columns, checks;
    for (const ir::PropertyId id : entity_->properties)
      for (const std::string& name : lowered_.columnsOf(id))
        columns.emplace_back(&name,
                             Named{"the column", entity_->name, model_[id].name, model_[id].span});
    const bool repeated = reportRepeated(sink_, std::move(columns),
                                         "give one of them another name with `@column(\"…\")`");
    for (size_t i = 0; i < out_.checks.size(); ++i)
      checks.emplace_back(&out_.checks[i].name,
                          Named{"a check", entity_->name, "", checkSpans_[i]});
    // Checks of columns with one name have one name, too.
    if (!repeated) reportRepeated(sink_, std::move(checks), "give the check a name of its own");
    checkSpans_.clear();
  }

  const ir::Model& model_;
  const Traits& traits_;
  DiagnosticSink& sink_;
  Placement placement_;
  Lowered& lowered_;
  AccessLowerer access_;
  std::unordered_map<std::string, Named> relations_;  // by folded name
  // The table in work.
  const ir::Entity* entity_ = nullptr;
  ir::EntityId id_;
  Table out_;
  std::vector<Span> checkSpans_;
};

}  // namespace

Lowered lower(const ir::Model& model, const Traits& traits, DiagnosticSink& sink) {
  return Lowerer(model, traits, sink).run();
}

}  // namespace cambium::catalog
