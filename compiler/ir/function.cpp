#include "compiler/ir/function.h"

namespace cambium::ir {
namespace {

// The table says `volatile`, which no enumerator can be called.
constexpr Volatility volatilityOf(std::string_view word) {
  return word == "immutable" ? Volatility::immutable
         : word == "stable"  ? Volatility::stable
                             : Volatility::volatile_;
}

constexpr FunctionInfo kFunctions[] = {
    {"", "", "", Volatility::immutable},  // Function::none
#define FUNCTION(id, name, parameters, result, volatility) \
  {name, parameters, result, volatilityOf(#volatility)},
#include "compiler/ir/function.def"
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
