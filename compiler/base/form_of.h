// base/form_of.h: whether a type is one of the forms of a std::variant.
#pragma once

#include <type_traits>
#include <variant>

namespace cambium {

template <class Form, class Variant>
inline constexpr bool isFormOf = false;
template <class Form, class... Forms>
inline constexpr bool isFormOf<Form, std::variant<Forms...>> = (std::is_same_v<Form, Forms> || ...);

}  // namespace cambium
