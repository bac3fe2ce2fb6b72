#include "cli/extras.h"

#include "compiler/plan/extras.h"

namespace cambium::cli {

Or<bool> checkExtras(Context& context, Database& database, const Active& active,
                     const plan::Plan& plan) {
  if (active.extras.empty() || !database.session) return true;
  const auto live = database.session->introspect();
  if (!live) return Failure{context.fail(describe(live.error(), database.target))};
  std::optional<Diagnostic> first;
  std::vector<Diagnostic> fires;
  for (const auto& touch : plan::touches(plan, catalog::present(active.extras, *live))) {
    if (touch.fires)
      fires.push_back(report<Code::RUN076>({}, touch.step, touch.what, touch.object));
    else if (!first)
      first = report<Code::RUN077>({}, touch.object, touch.step, touch.title, touch.what);
    else
      first->note(fmt::format("`{}`: step {} (`{}`) {}", touch.object, touch.step, touch.title,
                              touch.what));
  }
  if (!first) {
    if (!fires.empty()) context.out.diagnostics(fires, SourceMap());
    return true;
  }
  const std::string name = database.target.environment ? database.target.environment->name : "";
  first->note("it is beside the model, so the plan knows nothing of it; nothing was done")
      .help(
          fmt::format("take it out of the way and make it again after the run; then `cambium adopt "
                      "-e {} --with-extras` records it anew",
                      name));
  return Failure{context.fail(std::move(*first))};
}

}  // namespace cambium::cli
