using System.Buffers;
using System.Text.Json;

namespace MailProxy.Directory.OAuth;

// RFC 7628 3.2.2:  {"status":"invalid_token","scope":"...","openid-configuration":"https://..."}
// XOAUTH2:         {"status":"401","schemes":"bearer","scope":"..."}     (Google's and Microsoft's; 400 where another scope would do)

/// <summary>What a client hears of a token that is not good, before the protocol's own refusal. It never says why, but for the scope. Pure.</summary>
internal static class BearerError
{
    /// <summary>The JSON, as octets; null for a mechanism that has none.</summary>
    /// <param name="mechanism">The client's.</param>
    /// <param name="lacksScope">The token is good but not for this.</param>
    /// <param name="scopes">What it should have; empty: not said.</param>
    /// <param name="discovery">Where a client finds out where to get one; null: not said.</param>
    public static byte[]? Of(string mechanism, bool lacksScope = false, IReadOnlyCollection<string>? scopes = null, Uri? discovery = null)
    {
        var isAncestor = mechanism == "XOAUTH2";
        if (!isAncestor && mechanism != "OAUTHBEARER")
        {
            return null;
        }

        var json = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("status", (isAncestor, lacksScope) switch
            {
                (true, true) => "400",
                (true, false) => "401",
                (false, true) => "insufficient_scope",
                _ => "invalid_token",
            });
            writer.WriteString("schemes", "bearer");
            if (scopes is { Count: > 0 })
            {
                writer.WriteString("scope", string.Join(' ', scopes));
            }

            if (discovery is not null && !isAncestor)
            {
                writer.WriteString("openid-configuration", discovery.AbsoluteUri);
            }

            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }
}
