#include "compiler/artifact/seal.h"

#include <algorithm>

#include "compiler/artifact/json_writer.h"
#include "compiler/artifact/words.h"
#include "compiler/base/sha256.h"

namespace cambium::artifact {
namespace {

using ir::Expr;
using ir::ExprKind;

// Writes the body. Members of objects are written in byte order of their names; what has its usual
// value is left out.
class Sealer {
public:
  explicit Sealer(const ir::Model& model) : model_(model) {}

  std::string body() {
    w_.beginObject();
    list("aliases", model_.aliases, &Sealer::alias);
    w_.text("doc", model_.doc);
    list("entities", model_.entities, &Sealer::entity);
    list("enums", model_.enums, &Sealer::enumeration);
    list("grants", model_.grants, &Sealer::grant);
    const auto migration = std::ranges::find(model_.migrations, model_.version, &ir::Migration::to);
    if (migration != model_.migrations.end()) w_.key("migration"), this->migration(*migration);
    list("namespaces", model_.namespaces, &Sealer::configNamespace);
    if (model_.naming != ir::Naming::snakeCase) w_.text("naming", kNamings[model_.naming]);
    w_.key("package"), w_.string(model_.package);
    list("policies", model_.policies, &Sealer::policy);
    list("roles", model_.roles, &Sealer::role);
    list("schemas", model_.schemas, &Sealer::schema);
    list("tags", model_.tagGroups, &Sealer::tagGroup);
    list("templates", model_.templates, &Sealer::rowTemplate);
    w_.text("version", model_.version);
    list("views", model_.views, &Sealer::view);
    w_.endObject();
    return w_.take();
  }

private:
  template <class Range, class T>
  void list(std::string_view name, const Range& range, void (Sealer::*write)(const T&)) {
    if (range.begin() == range.end()) return;
    w_.key(name);
    w_.beginArray();
    for (const auto& item : range) (this->*write)(item);
    w_.endArray();
  }

  void words(std::string_view name, const std::vector<std::string>& words) {
    if (words.empty()) return;
    w_.key(name);
    w_.beginArray();
    for (const auto& word : words) w_.string(word);
    w_.endArray();
  }

  void texts(std::string_view name, const std::map<std::string, std::string>& texts) {
    if (texts.empty()) return;
    w_.key(name);
    w_.beginObject();
    for (const auto& [key, value] : texts) w_.key(key), w_.string(value);
    w_.endObject();
  }

  std::string_view aliasName(const ir::Type& t) const {
    return t.alias && t.alias.index() < model_.aliases.size()
               ? std::string_view(model_[t.alias].name)
               : std::string_view();
  }

  // ---------------------------------------------------------------- expressions
  void optionalExpr(std::string_view name, const Boxed<Expr>& e, const Scope& scope) {
    if (e) w_.key(name), expr(*e, scope);
  }

  void expr(const Expr& e, const Scope& scope) {
    const bool typed = e.type != derivedType(e, scope, model_);
    w_.beginObject();
    if (typed) w_.text("alias", aliasName(e.type));
    switch (e.kind) {
      case ExprKind::literal: w_.key("literal"), w_.string(e.text); break;
      case ExprKind::property: property(e); break;
      case ExprKind::value: break;
      case ExprKind::member: member(e); break;
      case ExprKind::call:
        args(e, scope);
        w_.key("call"), w_.string(info(e.function).name);
        break;
      case ExprKind::unary:
      case ExprKind::isNull:
      case ExprKind::inList:
      case ExprKind::between:
      case ExprKind::like:
      case ExprKind::caseWhen:
        args(e, scope);
        w_.key("op"), w_.string(operation(e));
        break;
      case ExprKind::binary:
        chain(e, scope);
        w_.key("op"), w_.string(operation(e));
        break;
      case ExprKind::list:
        w_.key("list");
        w_.beginArray();
        for (const auto& arg : e.args) expr(arg, scope);
        w_.endArray();
        break;
      case ExprKind::aggregate: aggregate(e, scope); break;
      case ExprKind::native:
        w_.key("sql");
        w_.beginObject();
        for (size_t i = 0; i < e.path.size(); ++i) w_.key(e.path[i]), w_.string(e.args[i].text);
        w_.endObject();
        break;
      case ExprKind::error: w_.flag("error", true); break;
    }
    if (typed) w_.key("type"), w_.string(typeText(e.type, model_));
    if (e.kind == ExprKind::value) w_.flag("value", true);
    w_.endObject();
  }

  static std::string operation(const Expr& e) {
    const std::string negation = e.negated ? "not " : "";
    switch (e.kind) {
      case ExprKind::isNull: return e.negated ? "is not null" : "is null";
      case ExprKind::inList: return negation + "in";
      case ExprKind::between: return negation + "between";
      case ExprKind::like: return negation + "like";
      case ExprKind::caseWhen: return e.hasElse ? "case else" : "case";
      default: return std::string(kOps[e.op]);
    }
  }

  void args(const Expr& e, const Scope& scope) {
    w_.key("args");
    w_.beginArray();
    for (const auto& arg : e.args) expr(arg, scope);
    w_.endArray();
  }

  void aggregate(const Expr& e, const Scope& scope) {
    w_.key("aggregate"), w_.string(kAggregates[e.aggregate]);
    if (!e.args.empty())
      args(e, Scope{targetOf(e.path, scope.entity, model_), {}, scope.otherVersion});
    w_.key("over");
    w_.beginArray();
    for (const auto& segment : e.path) w_.string(segment);
    w_.endArray();
  }

  // `a and b and c` is one list of three: depth does not grow with length.
  void chain(const Expr& e, const Scope& scope) {
    std::vector<const Expr*> operands;
    const Expr* left = &e;
    while (left->args.size() == 2) {
      operands.push_back(&left->args[1]);
      left = &left->args[0];
      if (left->kind != ExprKind::binary || left->op != e.op || left->args.size() != 2 ||
          left->type != derivedType(*left, scope, model_))
        break;
    }
    operands.push_back(left);
    w_.key("args");
    w_.beginArray();
    for (size_t i = operands.size(); i > 0; --i) expr(*operands[i - 1], scope);
    w_.endArray();
  }

  void property(const Expr& e) {
    w_.key("property");
    if (e.path.size() == 1) {
      w_.string(e.path[0]);
      return;
    }
    w_.beginArray();
    for (const auto& segment : e.path) w_.string(segment);
    w_.endArray();
  }

  void member(const Expr& e) {
    if (e.type.enumeration && e.type.enumeration.index() < model_.enums.size())
      w_.text("enum", model_[e.type.enumeration].name);
    w_.key("member"), w_.string(e.text);
  }

  // ---------------------------------------------------------------- declarations
  void enumValue(const ir::EnumValue& v) {
    w_.beginObject();
    w_.text("doc", v.doc);
    w_.key("name"), w_.string(v.name);
    w_.text("title", v.title);
    w_.endObject();
  }

  void enumeration(const ir::Enum& e) {
    w_.beginObject();
    w_.text("doc", e.doc);
    w_.key("name"), w_.string(e.name);
    list("values", e.values, &Sealer::enumValue);
    w_.endObject();
  }

  void alias(const ir::Alias& a) {
    w_.beginObject();
    w_.text("alias", aliasName(a.type));
    w_.text("doc", a.doc);
    w_.key("name"), w_.string(a.name);
    w_.key("type"), w_.string(typeText(a.type, model_));
    optionalExpr("where", a.where, Scope{{}, a.type});
    w_.endObject();
  }

  void propertyOf(const ir::PropertyId& id) {
    const ir::Property& p = model_[id];
    const Scope scope{entity_, p.type};
    const bool value = p.kind == ir::PropertyKind::value;
    const std::string_view target = p.target ? std::string_view(model_[p.target].name) : "";
    w_.beginObject();
    if (value) w_.text("alias", aliasName(p.type));
    w_.flag("autoincrement", p.autoincrement);
    w_.text("column", p.column);
    optionalExpr("computed", p.computed, scope);
    optionalExpr("default", p.defaultValue, scope);
    if (p.deferral != ir::Deferral::no) w_.text("deferrable", kDeferrals[p.deferral]);
    w_.flag("deprecated", p.deprecated);
    w_.text("deprecation", p.deprecation);
    w_.text("doc", p.doc);
    w_.flag("draft", p.draft);
    w_.flag("exposed", p.exposed);
    w_.text("foreign key", p.foreignKey);
    w_.text("group", p.group);
    w_.text("inverse", p.inverse);
    w_.text("label", p.label);
    w_.text("made", kMadeProperties[p.made]);
    if (p.kind == ir::PropertyKind::many) w_.key("many"), w_.string(target);
    w_.key("name"), w_.string(p.name);
    texts("native", p.native);
    w_.flag("no index", p.kind == ir::PropertyKind::reference && !p.indexed);
    if (p.onDelete != ir::RefAction::restrict) w_.text("on delete", kRefActions[p.onDelete]);
    if (p.onUpdate != ir::RefAction::noAction) w_.text("on update", kRefActions[p.onUpdate]);
    if (!value) w_.flag("optional", p.type.optional);
    w_.text("origin", p.origin);
    if (p.kind == ir::PropertyKind::reference) w_.key("ref"), w_.string(target);
    w_.text("remove after", p.removeAfter);
    w_.text("sensitive", p.sensitive);
    w_.flag("stored", p.stored);
    if (p.through) w_.text("through", model_[p.through].name);
    w_.text("through here", p.throughHere);
    w_.text("through there", p.throughThere);
    if (value) w_.key("type"), w_.string(typeText(p.type, model_));
    w_.flag("unique", p.unique);
    optionalExpr("where", p.where, scope);
    w_.endObject();
  }

  void part(const ir::IndexPart& part) {
    w_.beginObject();
    w_.flag("descending", part.descending);
    w_.key("expr"), expr(part.expr, Scope{entity_, {}});
    texts("native", part.native);
    w_.endObject();
  }
  void included(const ir::Expr& e) { expr(e, Scope{entity_, {}}); }

  template <class T>
  void indexed(const T& x, bool constraint, const std::map<std::string, std::string>& method) {
    w_.beginObject();
    w_.flag("constraint", constraint);
    w_.text("database name", x.databaseName);
    w_.text("doc", x.doc);
    list("include", x.include, &Sealer::included);
    w_.text("name", x.name);
    list("parts", x.parts, &Sealer::part);
    texts("using", method);
    optionalExpr("where", x.where, Scope{entity_, {}});
    w_.endObject();
  }
  void unique(const ir::Unique& u) { indexed(u, u.constraint, {}); }
  void index(const ir::Index& i) { indexed(i, false, i.method); }

  void check(const ir::Check& c) {
    w_.beginObject();
    w_.key("condition"), expr(c.condition, Scope{entity_, {}});
    w_.text("database name", c.databaseName);
    w_.text("doc", c.doc);
    w_.text("message", c.message);
    w_.text("name", c.name);
    w_.endObject();
  }

  void group(const ir::Group& g) {
    w_.beginObject();
    w_.key("name"), w_.string(g.name);
    w_.text("parent", g.parent);
    w_.text("title", g.title);
    w_.endObject();
  }

  void entity(const ir::Entity& e) {
    entity_ = ir::EntityId(static_cast<uint32_t>(&e - &*model_.entities.begin()));
    w_.beginObject();
    list("checks", e.checks, &Sealer::check);
    words("contains", e.contains);
    w_.text("deprecation", e.deprecation);
    w_.text("doc", e.doc);
    w_.flag("exposed", e.exposed);
    list("groups", e.groups, &Sealer::group);
    list("indexes", e.indexes, &Sealer::index);
    if (!e.key.properties.empty()) {
      w_.key("key");
      w_.beginArray();
      for (const auto id : e.key.properties) w_.string(model_[id].name);
      w_.endArray();
    }
    w_.text("label", e.label);
    if (e.lifecycle != ir::Lifecycle::active) w_.text("lifecycle", kLifecycles[e.lifecycle]);
    w_.text("made", kMadeEntities[e.made]);
    w_.text("made of", e.madeOf);
    words("mixins", e.mixins);
    w_.key("name"), w_.string(e.name);
    texts("native", e.native);
    list("properties", e.properties, &Sealer::propertyOf);
    w_.text("remove after", e.removeAfter);
    w_.text("table", e.table);
    list("uniques", e.uniques, &Sealer::unique);
    w_.endObject();
  }

  // ---------------------------------------------------------------- what has no table
  void tagGroup(const ir::TagGroup& g) {
    w_.beginObject();
    w_.text("doc", g.doc);
    w_.flag("multiple", g.multiple);
    w_.key("name"), w_.string(g.name);
    words("on", g.on);
    list("tags", g.tags, &Sealer::enumValue);
    w_.endObject();
  }

  void of(ir::EntityId entity) {
    entity_ = entity;
    w_.key("of"), w_.string(model_[entity].name);
  }

  void column(const ir::ViewColumn& c) {
    w_.beginObject();
    w_.key("expr"), expr(c.expr, Scope{entity_, {}});
    w_.key("name"), w_.string(c.name);
    w_.endObject();
  }

  void view(const ir::View& v) {
    entity_ = v.of;
    w_.beginObject();
    list("columns", v.columns, &Sealer::column);
    w_.text("database name", v.databaseName);
    w_.flag("deprecated", v.deprecated);
    w_.text("doc", v.doc);
    w_.flag("exposed", v.exposed);
    w_.text("label", v.label);
    w_.key("name"), w_.string(v.name);
    of(v.of);
    optionalExpr("where", v.where, Scope{entity_, {}});
    w_.endObject();
  }

  void templateValue(const ir::TemplateValue& v) {
    w_.beginObject();
    w_.key("property"), w_.string(v.property);
    w_.key("value"), expr(v.value, Scope{entity_, {}});
    w_.endObject();
  }

  void rowTemplate(const ir::Template& t) {
    w_.beginObject();
    w_.text("doc", t.doc);
    w_.key("name"), w_.string(t.name);
    of(t.of);
    list("values", t.values, &Sealer::templateValue);
    w_.endObject();
  }

  void role(const ir::Role& r) {
    w_.beginObject();
    w_.text("doc", r.doc);
    w_.key("name"), w_.string(r.name);
    w_.text("title", r.title);
    w_.endObject();
  }

  void actions(const std::set<ir::AccessAction>& actions) {
    w_.key("actions");
    w_.beginArray();
    for (const auto action : actions) w_.string(kAccessActions[action]);
    w_.endArray();
  }

  void grant(const ir::Grant& g) {
    w_.beginObject();
    actions(g.actions);
    words("except", g.except);
    w_.key("on"), w_.string(g.on);
    words("roles", g.roles);
    w_.endObject();
  }

  void policy(const ir::Policy& p) {
    const auto entity = model_.findEntity(p.on);
    w_.beginObject();
    actions(p.actions);
    w_.key("condition"), expr(p.condition, Scope{entity ? *entity : ir::EntityId(), {}});
    w_.text("doc", p.doc);
    w_.key("name"), w_.string(p.name);
    w_.key("on"), w_.string(p.on);
    words("roles", p.roles);
    w_.endObject();
  }

  void setting(const ir::Setting& s) {
    const Scope scope{{}, s.type};
    w_.beginObject();
    w_.text("alias", aliasName(s.type));
    optionalExpr("default", s.defaultValue, scope);
    w_.text("deprecated", s.deprecated);
    w_.text("doc", s.doc);
    words("environments", s.environments);
    w_.flag("immutable", s.immutable);
    w_.text("json schema", s.jsonSchema);
    w_.key("name"), w_.string(s.name);
    if (s.rotateMs) w_.key("rotate ms"), w_.integer(s.rotateMs);
    w_.flag("secret", s.secret);
    w_.text("sensitive", s.sensitive);
    w_.key("type"), w_.string(typeText(s.type, model_));
    optionalExpr("where", s.where, scope);
    w_.endObject();
  }

  void schema(const ir::Schema& s) {
    w_.beginObject();
    w_.text("doc", s.doc);
    w_.key("name"), w_.string(s.name);
    list("settings", s.settings, &Sealer::setting);
    w_.endObject();
  }

  void schemaUse(const ir::SchemaUse& u) {
    w_.beginObject();
    w_.text("prefix", u.prefix);
    w_.key("schema"), w_.string(u.schema);
    w_.endObject();
  }

  void namespaceGrant(const ir::NamespaceGrant& g) {
    w_.beginObject();
    w_.key("principal"), w_.string(g.principal);
    w_.key("role"), w_.string(kNamespaceRoles[g.role]);
    w_.endObject();
  }

  void configValue(const ir::ConfigValue& v) {
    w_.beginObject();
    words("environments", v.environments);
    w_.key("path"), w_.string(v.path);
    w_.flag("secret", v.secret);
    w_.key("value"), expr(v.value, Scope{});
    w_.endObject();
  }

  void configNamespace(const ir::Namespace& n) {
    w_.beginObject();
    if (n.approvals) w_.key("approvals"), w_.integer(*n.approvals);
    w_.text("display", n.display);
    w_.text("doc", n.doc);
    list("grants", n.grants, &Sealer::namespaceGrant);
    w_.flag("isolated", n.isolated);
    w_.text("owner", n.owner);
    w_.key("path"), w_.string(n.path);
    list("uses", n.uses, &Sealer::schemaUse);
    list("values", n.values, &Sealer::configValue);
    w_.endObject();
  }

  // ---------------------------------------------------------------- migration
  static constexpr Scope kOtherVersion{{}, {}, true};

  void path(std::string_view name, const ir::Path& path) {
    w_.key(name);
    w_.beginArray();
    w_.string(path.entity);
    if (!path.property.empty()) w_.string(path.property);
    w_.endArray();
  }

  void rename(const ir::RenameRule& r) {
    w_.beginObject();
    path("from", r.from);
    w_.key("to"), w_.string(r.to);
    w_.endObject();
  }

  void assignment(const ir::Assignment& a) {
    w_.beginObject();
    w_.key("property"), w_.string(a.property);
    w_.key("value"), expr(a.value, kOtherVersion);
    w_.endObject();
  }

  void transform(const ir::TransformRule& t) {
    w_.beginObject();
    if (!t.by.empty()) w_.key("by"), w_.string(t.by);
    list("down", t.down, &Sealer::assignment);
    words("from", t.from);
    w_.key("from entity"), w_.string(t.fromEntity);
    words("to", t.to);
    w_.key("to entity"), w_.string(t.toEntity);
    list("up", t.up, &Sealer::assignment);
    w_.endObject();
  }

  void fill(const ir::FillRule& f) {
    w_.beginObject();
    path("to", f.to);
    w_.key("value"), expr(f.value, kOtherVersion);
    w_.endObject();
  }

  void approval(const ir::ApprovalRule& a) {
    w_.beginObject();
    path("from", a.from);
    w_.key("kind"), w_.string(kApprovals[a.kind]);
    w_.key("reason"), w_.string(a.reason);
    w_.endObject();
  }

  void migration(const ir::Migration& m) {
    w_.beginObject();
    list("approvals", m.approvals, &Sealer::approval);
    list("fills", m.fills, &Sealer::fill);
    w_.key("from"), w_.string(m.from);
    list("renames", m.renames, &Sealer::rename);
    w_.key("to"), w_.string(m.to);
    list("transforms", m.transforms, &Sealer::transform);
    w_.endObject();
  }

  const ir::Model& model_;
  ir::EntityId entity_;  // the one being written
  JsonWriter w_;
};

}  // namespace

std::string seal(const ir::Model& model) {
  const std::string body = Sealer(model).body();
  return prettyJson("{\"cambium\":\"model/1\",\"digest\":\"" + sha256Hex(body) +
                    "\",\"model\":" + body + "}");
}

std::string digest(const ir::Model& model) {
  return sha256Hex(Sealer(model).body());
}

}  // namespace cambium::artifact
