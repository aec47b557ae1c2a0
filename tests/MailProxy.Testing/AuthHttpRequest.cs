namespace MailProxy.Testing;

/// <summary>A request as it came over the wire; each character is an octet.</summary>
/// <param name="Line">The request line.</param>
/// <param name="Headers">By name, as they stood there.</param>
public sealed record AuthHttpRequest(string Line, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>A header's value; null: it is not there.</summary>
    public string? this[string name] => Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).SingleOrDefault();

    /// <summary>HTTP/1.1: the connection stays.</summary>
    public bool IsPersistent => Line.EndsWith("HTTP/1.1", StringComparison.Ordinal);

    /// <summary>Reads the head of a request, without the empty line at its end.</summary>
    public static AuthHttpRequest Parse(string head)
    {
        ArgumentNullException.ThrowIfNull(head);
        var lines = head.Split("\r\n");
        return new AuthHttpRequest(
            lines[0],
            [.. lines[1..].Select(line => line.Split(':', 2)).Select(parts => new KeyValuePair<string, string>(parts[0], parts[1].Trim(' ')))]);
    }
}
