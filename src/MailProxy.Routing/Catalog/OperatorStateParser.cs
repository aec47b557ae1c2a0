using System.Diagnostics.CodeAnalysis;

namespace MailProxy.Routing.Catalog;

/// <summary>Reads the operator's word on a store: <c>{"state":"online" / "drain" / "offline"}</c>, or the word alone.</summary>
internal static class OperatorStateParser
{
    /// <summary>The word alone, as <see cref="TryParse"/> reads it.</summary>
    public static string Write(StoreState state) => state switch
    {
        StoreState.Draining => "drain",
        StoreState.Offline => "offline",
        _ => "online",
    };

    /// <summary>Reads; <paramref name="problem"/> is a phrase for the operator.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out StoreState state, [NotNullWhen(false)] out string? problem)
    {
        state = StoreState.Online;
        if (!OperatorText.TryRead(value, out var text, out problem))
        {
            return false;
        }

        if (text.StartsWith('{'))
        {
            if (!OperatorText.TryReadJson(text, RoutingJson.Default.OperatorStateDocument, out var document, out problem))
            {
                return false;
            }

            text = document.State ?? "";
        }

        (state, problem) = text switch
        {
            "online" => (StoreState.Online, null),
            "drain" => (StoreState.Draining, null),
            "offline" => (StoreState.Offline, null),
            _ => (StoreState.Online, "state is none of \"online\", \"drain\", \"offline\""),
        };
        return problem is null;
    }
}
