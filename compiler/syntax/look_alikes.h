// syntax/look_alikes.h: characters that look like the ones a sentence is made of, or that a word
// processor or another keyboard writes in their place. Pure tables.
#pragma once

#include <cstdint>
#include <string_view>

namespace cambium::syntax {

// What the sign stands for ("->" for an arrow, "(" for a full-width one); empty if nothing.
std::string_view signFor(uint32_t codePoint);
// The Latin letter that looks the same (a Cyrillic o) or that is left without its accent; empty if
// none. `same` tells the two apart.
std::string_view letterFor(uint32_t codePoint, bool& same);
// A quote of a typographer, double or single, opening or closing.
bool isTypographicQuote(uint32_t codePoint);
// A blank that is no ordinary one.
bool isForeignBlank(uint32_t codePoint);

}  // namespace cambium::syntax
