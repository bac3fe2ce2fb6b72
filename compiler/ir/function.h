// ir/function.h: the functions of the expression language, from the table function.def.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cambium::ir {

enum class Volatility : uint8_t { immutable, stable, volatile_ };

enum class Function : uint8_t {
  none,
#define FUNCTION(id, name, parameters, result, volatility) id,
#include "compiler/ir/function.def"
#undef FUNCTION
  count_,
};

struct FunctionInfo {
  std::string_view name;
  std::string_view parameters;
  std::string_view result;
  Volatility volatility;
};

const FunctionInfo& info(Function);
std::optional<Function> findFunction(std::string_view name);

}  // namespace cambium::ir
