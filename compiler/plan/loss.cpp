// What a transform would lose. Between backfill and contract a row holds both forms, so that the
// database itself can say whether the new one still knows what the old one said; once the old
// column is gone nobody can. Values are compared as the database compares them.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

// True of a row whose old value is lost. Where there was no value there is nothing to lose: what a
// default or a `fill` puts there instead is not counted.
std::string lostSql(const Context& c, const TableForms& f, const Group& g, When when) {
  const auto old = oldColumns(c, f, when, ""), fresh = newColumns(c, f, when, "");
  std::vector<std::string> out;
  if (g.down) {
    // Through the stored new form and not through `up`: it may be what a new application wrote,
    // and then `down` has written the old one.
    const auto down = g.down(fresh);
    for (size_t i = 0; i < g.from.size(); ++i) {
      if (std::find(g.precious.begin(), g.precious.end(), g.from[i]) == g.precious.end()) continue;
      const auto was = old(g.from[i]);
      out.push_back(
          fmt::format("({} IS NOT NULL AND NOT ({}))", was,
                      c.traits.identical(f.findOld(g.from[i])->column->type, was, down[i])));
    }
    return joined(out, " OR ");
  }
  // Without a way back all that can be said is that nothing became of something.
  for (const auto& name : g.precious) out.push_back(old(name) + " IS NOT NULL");
  std::string sql = out.size() == 1 ? out.front() : "(" + joined(out, " OR ") + ")";
  for (const auto& value : g.bareUp(old)) sql += fmt::format(" AND ({}) IS NULL", value);
  // New applications may have given such a row a value since.
  if (when == When::after) {
    for (const auto& name : g.to) sql += fmt::format(" AND {} IS NULL", fresh(name));
  }
  return sql;
}

// What new applications wrote and the old form does not hold: once the switch is undone, that is
// all there is. A value that old applications wrote is what `up` makes of theirs.
void addUndoLoss(Context& c, const TableForms& f, const Group& g) {
  if (!g.down || g.identity || g.fromEach) return;
  const auto up = g.up(oldColumns(c, f, When::after, ""));
  std::vector<std::string> lost, names;
  for (size_t i = 0; i < g.to.size(); ++i) {
    const auto* column = f.findNew(g.to[i])->column;
    const auto now = c.quote(f.newName(g.to[i], When::after));
    lost.push_back(fmt::format("({} IS NOT NULL AND NOT ({}))", now,
                               c.traits.identical(column->type, now, up[i])));
    names.push_back(g.to[i]);
  }
  c.plan.undoLosses.push_back({fmt::format("column `{}.{}`", f.to->name, joined(names, ", ")),
                               countRows(f.from->name, joined(lost, " OR "), c.traits)});
}

}  // namespace

void addLoss(Context& c, const TableForms& f, const Group& g) {
  addUndoLoss(c, f, g);
  if (g.precious.empty()) return;
  const auto& table = f.from->name;
  std::vector<std::string> approvals;
  for (const auto& name : g.precious) {
    const auto& property = c.a()[f.findOld(name)->property];
    approvals.push_back(
        fmt::format("`approve narrow {}.{} \"why\"`", c.a()[f.oldEntity].name, property.name));
  }
  LossDuty duty{table, {}, {}, {}};
  // Counted before the switch, and once more before the old columns go: old applications write
  // until then, and what they write may get lost as well.
  for (const When when : {When::before, When::after}) {
    std::vector<std::string> from, to;
    for (const auto& name : g.precious) from.push_back(f.oldName(name, when));
    for (const auto& name : g.to) to.push_back(f.newName(name, when));
    auto message =
        fmt::format("rows of {} whose {} {}", table, joined(from, ", "),
                    g.down ? "does not come back from " + joined(to, ", ") : "comes out empty");
    const auto count = countRows(table, lostSql(c, f, g, when), c.traits);
    auto& node =
        c.add(when == When::before ? Transition::verify : Transition::verifyLoss, table,
              table + "." + joined(g.to, ",") + " loss", "no " + message, g.change, g.cause);
    const auto help =
        when == When::before
            ? fmt::format(
                  "undo the run, and let `up` and `down` keep every value; or say {} in "
                  "the migration if they may be lost",
                  joined(approvals, " and "))
            : "old applications wrote them since the count before the switch: give them values "
              "that the new version can hold";
    (when == When::before ? duty.first : duty.last) = count;
    duty.columns = from;
    node.operations.push_back(Verify{table, count, std::move(message), help});
  }
  c.plan.duties.losses.push_back(std::move(duty));
}

}  // namespace cambium::plan
