// A reference that becomes a many-to-many, or the other way round, also of tags: one form is in
// columns of the table, the other one in the rows of a table between. Until contract both are
// there, and triggers keep them in step (catalog::LinkSync).
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/link_sql.h"
#include "compiler/catalog/names.h"
#include "compiler/diff/merges.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

// The columns of a property that is found by its name; none if there is none.
std::vector<std::string> columnsOf(const ir::Model& model, const catalog::Lowered& lowered,
                                   ir::EntityId entity, const std::string& name) {
  const auto id = model.findProperty(entity, name);
  return id ? lowered.columnsOf(*id) : std::vector<std::string>();
}

class Link {
public:
  Link(Context& c, const TableForms& f, size_t change)
      : c_(c), f_(f), change_(change), x_(std::get<diff::ChangeCardinality>(at(c, change))) {}

  void add() {
    if (refused()) return;
    const auto link = over(When::before), last = over(When::after);
    addSync(link, last);
    c_.watched.push_back({.table = link.links,
                          .before = link.target,
                          .after = link.target,
                          .rows = true,
                          .owner = link.owner,
                          .change = change_,
                          .cause = cause()});
    addBackfill(link);
    const auto said = fmt::format("rows of {} where {} does not agree with {}", link.table,
                                  link.columns.front(), link.links);
    addVerify(c_, f_, element(), countPending(link), said, change_, cause());
    // Counted again as the old form goes: what a cascade changes sets off no trigger everywhere.
    auto& again =
        c_.add(Transition::verifyLoss, link.table, element(), "no " + said, change_, cause());
    again.operations.push_back(Verify{
        link.table, countPending(last), said,
        fmt::format("a cascade may have changed them unseen: write to these rows once more (UPDATE "
                    "{0} SET {1} = {1})",
                    link.table, last.columns.front())});
  }

private:
  static const diff::Change& at(const Context& c, size_t change) {
    return c.changes.changes[change];
  }
  void addSync(const catalog::LinkSync& link, const catalog::LinkSync& last) {
    const auto before = c_.traits.linkTriggers(link), after = c_.traits.linkTriggers(last);
    const auto title =
        fmt::format("{}.{} and {} kept in step", link.table, link.columns.front(), link.links);
    const auto nodes =
        addTriggers(c_, f_, element(), title, kSyncLife, before, after, change_, cause());
    if (!link.oneIsNew) c_.nodes[nodes.made].needs.push_back("table:" + link.links);
    c_.nodes[nodes.gone].provides.push_back("unlinked:" + link.links);
    for (auto& node : c_.nodes) {
      if (node.transition == Transition::tableDrop && node.table == link.links)
        node.needs.push_back("unlinked:" + link.links);
    }
    c_.plan.duties.links.push_back(
        {link.table, link.columns.front(), before, after, countPending(link)});
  }

  // The triggers do it: they look at the other table while they hold the row.
  void addBackfill(const catalog::LinkSync& link) {
    const catalog::LinkSql sql(link, c_.traits.quote);
    Backfill backfill{link.table, f_.from->primaryKey, {}, sql.pending(sql.tableRow())};
    for (const auto& name : link.columns) backfill.set.emplace_back(name, c_.quote(name));
    if (!link.oneIsNew) backfill.touches = sql.given("");
    const auto column = link.table + "." + link.columns.front();
    c_.add(Transition::backfillRun, link.table, element(),
           link.oneIsNew ? column + " from " + link.links : link.links + " from " + column, change_,
           cause())
        .operations.push_back(std::move(backfill));
  }

  std::string countPending(const catalog::LinkSync& link) const {
    const catalog::LinkSql sql(link, c_.traits.quote);
    return countRows(link.table, sql.pending(sql.tableRow()), c_.traits);
  }
  std::string element() const { return f_.from->name + "." + c_.b()[x_.to].name + " links"; }
  bool toMany() const { return c_.b()[x_.to].kind == ir::PropertyKind::many; }
  Span cause() const { return c_.b()[x_.to].span; }

  catalog::LinkSync over(When when) const {
    const bool many = toMany();
    const ir::Model& model = many ? c_.b() : c_.a();
    const auto &lowered = many ? c_.to : c_.from, &otherLowered = many ? c_.from : c_.to;
    const ir::Property& several = model[many ? x_.to : x_.from];
    const ir::PropertyId one = many ? x_.from : x_.to;
    catalog::LinkSync link;
    link.table = f_.from->name;
    link.key = f_.oldKey(when);
    for (const auto& name : otherLowered.columnsOf(one))
      link.columns.push_back(many ? f_.oldName(name, when) : f_.newName(name, when));
    link.links = lowered.table(several.through);
    link.owner = columnsOf(model, lowered, several.through, several.throughHere);
    link.target = columnsOf(model, lowered, several.through, several.throughThere);
    link.oneIsNew = !many;
    if (!many) link.leaving = leaving();
    const auto name = [&](const char* what) {
      return catalog::derivedName("cambium_link", {link.links, what}, c_.traits.maxIdentifierBytes);
    };
    link.names = {name("insert"),      name("update"),      name("choose"),
                  name("link_insert"), name("link_update"), name("link_delete")};
    return link;
  }

  // Tags that go: a row that has another one keeps that.
  std::vector<std::string> leaving() const {
    std::vector<std::string> out;
    const auto& group = c_.a()[c_.a()[x_.from].target].name;
    for (const auto& change : c_.changes.changes) {
      const auto* drop = std::get_if<diff::DropTag>(&change);
      if (!drop || drop->group != group || !diff::mergedInto(c_.changes, *drop).empty()) continue;
      ir::Expr tag;
      tag.kind = ir::ExprKind::literal;
      tag.type.scalar = ir::Scalar::text;
      tag.text = drop->tag;
      out.push_back(c_.traits.literal(tag));
    }
    return out;
  }

  // What the two forms are known by must stay what it is, and the new reference may be empty: old
  // applications write a row before what belongs to it.
  bool refused() {
    const auto &was = c_.a()[x_.from], &is = c_.b()[x_.to];
    const auto& target = c_.to.table(is.target);
    std::string why, help;
    if (!toMany() && !is.type.optional) {
      why = "an old application writes the row before it writes what it refers to";
      help = "make it optional in this version, and required in the next";
    } else if (f_.newKey || changesOver(c_, target)) {
      why = "the key of one of them changes in the same version";
      help = "change the key in a version of its own";
    } else {
      return false;
    }
    c_.sink.add(report<Code::EVO059>(is.span, c_.a()[was.entity].name + "." + was.name,
                                     c_.b()[is.entity].name + "." + is.name)
                    .under(why)
                    .help(help));
    return true;
  }

  Context& c_;
  const TableForms& f_;
  size_t change_;
  const diff::ChangeCardinality x_;
};

}  // namespace

void addLinks(Context& c, const TableForms& f) {
  for (const ir::PropertyId id : c.b()[f.newEntity].properties) {
    for (const size_t change : c.causes.propertyTo[id.index()]) {
      if (std::holds_alternative<diff::ChangeCardinality>(c.changes.changes[change]))
        Link(c, f, change).add();
    }
  }
}

}  // namespace cambium::plan
