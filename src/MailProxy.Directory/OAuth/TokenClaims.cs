using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MailProxy.Directory.OAuth;

/// <summary>
/// A JSON object of an issuer's or of a token, read with bounds: what a token says (RFC 7519 4), its header, an introspection's answer, a discovery document.
/// A member that stands there twice makes the whole unreadable: two readers would take different ones.
/// </summary>
internal sealed class TokenClaims
{
    private const int Depth = 16;

    // Issuers, client ids and names are much shorter; the modulus of a key of 8,192 bits has 1,366 characters.
    private const int LongestText = 2_048;

    // Audiences and scopes of one token.
    private const int MostWords = 100;

    // 9999-12-31T23:59:59Z, the last that a date can hold.
    private const double LastSecond = 253_402_300_799;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Depth, AllowDuplicateProperties = false };

    private readonly JsonElement _root;

    private TokenClaims(JsonElement root) => _root = root;

    /// <summary>Null when it is no JSON object.</summary>
    public static TokenClaims? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new TokenClaims(document.RootElement.Clone()) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>There is such a member.</summary>
    public bool Has(string name) => _root.TryGetProperty(name, out _);

    /// <summary>A text of 1 to 2,048 characters without control characters; null: there is none, or something else.</summary>
    public string? Text(string name) => _root.TryGetProperty(name, out var value) ? TextOf(value) : null;

    /// <summary>True or false (as a text, too: some issuers write it so); null: neither.</summary>
    public bool? Flag(string name) => !_root.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(TextOf(value), out var flag) => flag,
        _ => null,
    };

    /// <summary>One text or an array of them, each whole (<c>aud</c>); empty when there is none, or something else among them.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (!_root.TryGetProperty(name, out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return TextOf(value) is { } one ? [one] : [];
        }

        var all = value.GetArrayLength() <= MostWords ? value.EnumerateArray().Select(TextOf).ToList() : [];
        return all.Contains(null) ? [] : [.. all.OfType<string>()];
    }

    /// <summary>The words of a text, or the texts of an array (<c>scope</c> is the former, <c>scp</c> either).</summary>
    public IReadOnlyList<string> Words(string name) => [.. Texts(name).SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Take(MostWords)];

    /// <summary>Seconds since 1970 (RFC 7519 2, NumericDate). False: it is there and is none.</summary>
    public bool TryTime(string name, out DateTimeOffset? time)
    {
        time = null;
        if (!_root.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || !(seconds >= 0 && seconds <= LastSecond))
        {
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds));
        return true;
    }

    /// <summary>The objects of an array; null: it is none, or holds more than <paramref name="most"/>.</summary>
    public IReadOnlyList<TokenClaims>? Objects(string name, int most) =>
        _root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= most
            ? [.. value.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object).Select(one => new TokenClaims(one))]
            : null;

    private static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString() is { Length: > 0 and <= LongestText } text && !text.Any(IsHarmful) ? text : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: no text.
            return null;
        }
    }

    // What could end a line, hide a part of a name from its reader, or is no character at all.
    private static bool IsHarmful(char character) =>
        char.IsControl(character) || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
