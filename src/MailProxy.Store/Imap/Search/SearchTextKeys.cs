namespace MailProxy.Store.Imap.Search;

/// <summary>Keys that look for text: fields decoded, in any case (RFC 9051 6.4.4).</summary>
internal static class SearchTextKeys
{
    /// <summary>True for a key that takes one string.</summary>
    public static bool IsOne(string name) => name is "BCC" or "CC" or "FROM" or "SUBJECT" or "TO" or "BODY" or "TEXT";

    /// <summary>The key of that name.</summary>
    public static SearchKey Of(string name, string text) => name switch
    {
        "BODY" => new(2, target => target.BodyHoldsAsync(text)),
        "TEXT" => new(2, async target => await target.HeaderHoldsAsync(text) || await target.BodyHoldsAsync(text)),
        _ => Header(name, text),
    };

    /// <summary>HEADER: a field of that name holds the text; the empty text asks whether there is one.</summary>
    public static SearchKey Header(string field, string text) => new(1, async target =>
        (await target.HeaderAsync()).Any(header =>
            header.Field.Equals(field, StringComparison.OrdinalIgnoreCase) && header.Value.Contains(text, StringComparison.OrdinalIgnoreCase)));
}
