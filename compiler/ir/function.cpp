#include "compiler/ir/function.h"

namespace cambium::ir {
namespace {

constexpr FunctionInfo kFunctions[] = {
    {"", "", "", Volatility::immutable},  // Function::none
#define FUNCTION(id, name, parameters, result, volatility) \
  {name, parameters, result, Volatility::volatility},
#define volatile volatile_
#include "compiler/ir/function.def"
#undef volatile
#undef FUNCTION
};

}  // namespace

const FunctionInfo& info(Function function) {
  const auto index = static_cast<size_t>(function);
  return kFunctions[function < Function::count_ ? index : 0];
}

std::optional<Function> findFunction(std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (size_t i = 1; i < std::size(kFunctions); ++i)
    if (kFunctions[i].name == name) return static_cast<Function>(i);
  return std::nullopt;
}

}  // namespace cambium::ir
