using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Pins;

/// <summary>
/// Reads the value of a pin.
/// <code>
/// pin  = store-id                       ; plain text, white space around it is ignored
///      / {"store": store-id, "state": "active" / "held", "moving": store-id, "move": text}   ; all but store may be absent
/// </code>
/// </summary>
internal static class PinParser
{
    // An id of a move is a UUID or a short name of ours.
    private const int MaxMoveLength = 128;

    /// <summary>Reads; <paramref name="problem"/> is a phrase for the operator.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, [NotNullWhen(true)] out Pin? pin, [NotNullWhen(false)] out string? problem)
    {
        pin = null;
        if (!OperatorText.TryRead(value, out var text, out problem))
        {
            return false;
        }

        if (!text.StartsWith('{'))
        {
            problem = StoreId.Problem(text);
            pin = problem is null ? new Pin(text) : null;
            return problem is null;
        }

        return TryParseJson(text, out pin, out problem);
    }

    private static bool TryParseJson(string text, out Pin? pin, out string? problem)
    {
        pin = null;
        if (!OperatorText.TryReadJson(text, RoutingJson.Default.PinDocument, out var document, out problem))
        {
            return false;
        }

        problem = StoreId.Problem(document.Store ?? "")
            ?? (document.Moving is null ? null : StoreId.Problem(document.Moving))
            ?? (document.Move is { Length: > MaxMoveLength } ? $"move is longer than {MaxMoveLength} characters" : null)
            ?? (document.State is null or "active" or "held" ? null : "state is neither \"active\" nor \"held\"");
        if (problem is not null)
        {
            return false;
        }

        pin = new Pin(document.Store!, document.State == "held" ? PinState.Held : PinState.Active, document.Moving, document.Move);
        return true;
    }
}
