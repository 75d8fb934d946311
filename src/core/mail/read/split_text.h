#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/message/message.h"

namespace orgo {

enum class TextKind : std::uint8_t {
  fresh,      ///< written for this mail
  quoted,     ///< of an earlier mail: ">" lines, what stands under "On ... wrote:" or "-----Original Message-----"
  signature,  ///< who wrote it, how to reach them, disclaimers, "Sent from my phone", footers of lists
};
std::string_view to_string(TextKind kind);

/// A piece of a text; begin and end are bytes. Ends of lines belong to the line before them.
struct TextSpan {
  TextKind kind = TextKind::fresh;
  std::size_t begin = 0, end = 0;
  bool forwarded =
      false;  ///< a quoted piece that was passed on, not answered: "---------- Forwarded message ----------"
  friend bool operator==(const TextSpan&, const TextSpan&) = default;
};

/// What is new in a text, what is quoted, and who signed. The spans stand in order, touch each other and cover the
/// whole text: nothing is lost, whatever is taken for what. No two neighbours are of the same kind and origin.
struct SplitText {
  std::vector<TextSpan> spans;
  [[nodiscard]] bool has(TextKind kind) const;
};

/// Separates what is new from quoted text and signature, as answers in some thirty languages are written: top, bottom
/// and between the lines. Knows ">" quotes (RFC 3676, 4.5), attribution lines ("Am ... schrieb ...:", also wrapped),
/// Outlook's "From: / Sent:" blocks and "-----Original Message-----", reply markers of ticket systems, "-- " (RFC
/// 3676, 4.3), closings
/// ("Mit freundlichen Grüßen"), blocks of phone numbers and addresses, mobile signatures, disclaimers and list footers.
/// A closing is only one when something stands before it: a mail that says "Thanks" says something.
/// Pure, linear time; lines beyond the first 50,000 go with the last one.
SplitText split_text(std::string_view text);

/// The text of a message. In a first mail (no In-Reply-To, no "Re:" or "Fwd:") lines "From: ... Subject: ..." and "--"
/// are those of a form, unless they are a mail's by all that they say. When it was made from HTML, the HTML's own marks
/// count too: blockquote, gmail_quote and its relatives, Outlook's divider of a reply, and the marks of signatures.
SplitText split_text(const Message& message);

/// All spans of a kind one after the other, without white space at both ends.
std::string text_of(std::string_view text, const SplitText& split, TextKind kind);

/// What the sender wrote for this mail: the fresh text; all of the text when nothing is fresh (a mail passed on without
/// a word is still about something).
std::string new_text(const Message& message);

}  // namespace orgo
