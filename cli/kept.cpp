#include "cli/kept.h"

#include <algorithm>

#include <fmt/format.h>

namespace cambium::cli {

std::string whatWas(const runner::KeptThing& thing) {
  const auto& what = thing.what;
  if (!what.entity.empty())
    return what.property.empty() ? fmt::format("{} and its rows", what.entity)
                                 : what.entity + "." + what.property;
  if (what.table.empty()) return what.name;
  return what.column.empty() ? fmt::format("table {} and its rows", what.table)
                             : what.table + "." + what.column;
}

void sayOverdue(Context& context, const Database& database, const std::string& package) {
  if (!database.session) return;
  const auto things = runner::keptThings(*database.session, package);
  if (!things) return;
  const auto overdue =
      static_cast<size_t>(std::ranges::count_if(*things, &runner::KeptThing::overdue));
  if (overdue == 0) return;
  context.out.say(fmt::format("{} {} kept long enough: cambium purge -e {}",
                              counted(overdue, "thing"), overdue == 1 ? "was" : "were",
                              database.target.environment->name));
}

void sayKept(Context& context, const Database& database, const runner::PlanRecord& record) {
  if (!database.session) return;
  const auto things = runner::keptThings(*database.session, record.package);
  if (!things) return;
  for (const auto& thing : *things)
    if (thing.run == record.id)
      context.out.say(fmt::format("{} is kept until {}, as `{}`", whatWas(thing),
                                  thing.until.substr(0, 16), thing.what.name));
}

}  // namespace cambium::cli
