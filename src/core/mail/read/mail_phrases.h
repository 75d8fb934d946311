#pragma once
#include <string_view>

namespace orgo {

// What mail programs and people put around the words of a mail, in the languages that they are used in. All take one
// line (or an attribution joined from a few), folded by fold_case() and trimmed; none looks further than the line is
// long.

/// "-----original message-----", "---------- forwarded message ---------", "begin forwarded message:".
bool is_original_message_line(std::string_view folded);
/// One of those that pass a mail on.
bool is_forward_line(std::string_view folded);

/// Does it say "wrote", as the line above a quote does? Says nothing about the date and the name.
bool has_wrote(std::string_view folded);
/// Does it begin as attributions do: "on", "am", "le", "el", a weekday, a date?
bool begins_attribution(std::string_view folded);

enum class QuotedField { none, from, sent, to, subject, cc };
/// Which field of a quoted header it is: "from: ...", "*gesendet:* ...", "objet : ...".
QuotedField quoted_field(std::string_view folded);

enum class Closing {
  none,
  sure,  ///< "mit freundlichen grüßen", "kind regards": nothing but a signature follows
  weak,  ///< "thanks", "danke": a closing if a name follows
};
Closing closing_line(std::string_view folded);
/// "sent from my iphone", "von meinem samsung gesendet", "get outlook for android".
bool is_mobile_signature(std::string_view folded);
/// "this e-mail is confidential ...", "diese e-mail enthält vertrauliche ...": how disclaimers begin.
bool begins_disclaimer(std::string_view folded);
/// A telephone, fax, address or web line of a signature: "tel.: +49 ...", "www.example.org".
bool is_contact_line(std::string_view folded);
/// "ps: ...", "p.s. ...".
bool begins_postscript(std::string_view folded);

}  // namespace orgo
