#include "cli/commands.h"
#include "cli/context.h"
#include "compiler/diagnostics/suggest.h"

namespace cambium::cli {

Outcome runHelp(Context& context) {
  const bool color = context.out.out().color;
  if (context.invocation.arguments.empty()) {
    context.out.raw(overviewHelp(color));
    return Outcome::ok;
  }
  const std::string& subject = context.invocation.arguments.front();
  for (const Command& command : commands())
    if (command.name == subject) {
      context.out.raw(commandHelp(command, color));
      return Outcome::ok;
    }
  if (const std::string topic = topicHelp(subject); !topic.empty()) {
    context.out.raw(topic);
    return Outcome::ok;
  }
  auto names = commandNames(commands());
  for (const std::string_view topic : helpTopics()) names.push_back(topic);
  return context.usage(fmt::format("there is no help about `{}`", subject),
                       didYouMean(suggestions(subject, names)));
}

}  // namespace cambium::cli
