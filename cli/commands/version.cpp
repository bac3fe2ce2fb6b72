#include "cli/commands.h"
#include "cli/context.h"
#include "compiler/dialect/plugin.h"

namespace cambium::cli {

Outcome runVersion(Context& context) {
  if (!context.invocation.has("json") && context.out.isText()) {
    context.out.raw(fmt::format("{}\n", kToolVersion));
    return Outcome::ok;
  }
  std::vector<std::string> dialects;
  for (const auto& dialect : context.dialects().all())
    dialects.push_back(dialect->traits().dialect);
  if (context.invocation.has("json") && context.out.isText()) {
    context.out.raw(
        fmt::format("{{\"name\":\"cambium\",\"version\":{},\"abi\":{},\"dialects\":{}}}\n",
                    jsonText(CAMBIUM_VERSION), jsonText(dialect::abiId()), jsonTexts(dialects)));
    return Outcome::ok;
  }
  context.out.textField("version", CAMBIUM_VERSION);
  context.out.textField("abi", dialect::abiId());
  context.out.field("dialects", jsonTexts(dialects));
  return Outcome::ok;
}

}  // namespace cambium::cli
