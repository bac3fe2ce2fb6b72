#include "cli/pause_when.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "cli/commands.h"
#include "compiler/emit/print_parts.h"
#include "compiler/sema/evaluate.h"

namespace cambium::cli {
namespace {

using dialect::Load;

// The words of the language for what a session tells (CFG008).
struct Quantity {
  std::string_view name;
  std::optional<int64_t> Load::*value;
};
constexpr Quantity kQuantities[] = {{"replica_lag", &Load::replicaLagMs},
                                    {"oldest_transaction", &Load::oldestTransactionMs},
                                    {"running_threads", &Load::runningThreads},
                                    {"free_disk", &Load::freeDiskBytes}};

const Quantity* quantityOf(const ir::Expr& e) {
  if (e.kind != ir::ExprKind::property || e.path.size() != 1) return nullptr;
  const auto* found = std::ranges::find(kQuantities, e.path.front(), &Quantity::name);
  return found == std::end(kQuantities) ? nullptr : found;
}

// The condition with the numbers of the moment in place of the names; null where there is none.
ir::Expr filledIn(ir::Expr e, const Load& load) {
  if (const Quantity* quantity = quantityOf(e)) {
    const auto value = load.*(quantity->value);
    e.kind = ir::ExprKind::literal;
    e.path.clear();
    if (!value)
      e.type.scalar = ir::Scalar::null;
    else
      e.text = fmt::format("{}{}", *value, e.type.scalar == ir::Scalar::duration ? "ms" : "");
    return e;
  }
  for (ir::Expr& arg : e.args) arg = filledIn(std::move(arg), load);
  return e;
}

std::string shown(const Quantity& quantity, int64_t value) {
  if (quantity.name == "free_disk") return emit::bytesText(value);
  if (quantity.name == "running_threads") return std::to_string(value);
  return fmt::format("{:.1f} s", static_cast<double>(value) / 1000);
}

// "replica_lag is 7.2 s"
std::string inWords(const std::vector<std::string>& names, const Load& load) {
  std::vector<std::string> out;
  for (const Quantity& quantity : kQuantities) {
    if (std::ranges::find(names, quantity.name) == names.end()) continue;
    const auto value = load.*(quantity.value);
    out.push_back(
        fmt::format("{} is {}", quantity.name, value ? shown(quantity, *value) : "not to be had"));
  }
  return fmt::format("{}", fmt::join(out, ", "));
}

}  // namespace

Or<std::function<dialect::DbResult<std::string>(dialect::Session&)>> pauseWhen(Context& context,
                                                                               Database& database) {
  using Asked = std::function<dialect::DbResult<std::string>(dialect::Session&)>;
  const auto& condition = database.target.environment->backfillPause;
  if (!condition) return Asked();
  const auto names = ir::propertiesUsed(*condition);
  const auto load = database.session->load();
  if (!load) return Failure{context.fail(describe(load.error(), database.target))};
  for (const Quantity& quantity : kQuantities) {
    if ((*load).*(quantity.value) || std::ranges::find(names, quantity.name) == names.end())
      continue;
    return Failure{context.fail(report<Code::RUN100>({}, quantity.name, database.product())
                                    .help("what each database tells: `cambium explain RUN100`"))};
  }
  return Asked(
      [condition = *condition, names](dialect::Session& session) -> dialect::DbResult<std::string> {
        const auto now = session.load();
        if (!now) return Failure{now.error()};
        // What cannot be known is no reason to go on.
        const auto waits = sema::holds(filledIn(condition, *now), ir::Expr{});
        return waits.value_or(true) ? inWords(names, *now) : std::string();
      });
}

}  // namespace cambium::cli
