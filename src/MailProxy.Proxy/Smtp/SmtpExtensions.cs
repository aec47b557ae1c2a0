namespace MailProxy.Proxy.Smtp;

/// <summary>What a server said behind EHLO or LHLO: keywords and their parameters (RFC 5321 4.1.1.1).</summary>
internal sealed class SmtpExtensions(IEnumerable<string> lines)
{
    private readonly Dictionary<string, string[]> _byKeyword = Index(lines);

    /// <summary>True when offered.</summary>
    public bool Has(string keyword) => _byKeyword.ContainsKey(keyword);

    /// <summary>The parameters of a keyword, or null when it is not offered.</summary>
    public string[]? Parameters(string keyword) => _byKeyword.GetValueOrDefault(keyword);

    private static Dictionary<string, string[]> Index(IEnumerable<string> lines)
    {
        var index = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
            {
                index[words[0]] = words[1..];
            }
        }

        return index;
    }
}
