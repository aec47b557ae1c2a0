using System.Text;

namespace MailProxy.Protocols.Imap;

/// <summary>What a server says it can do (RFC 9051 7.2.2). Names are compared without case.</summary>
public sealed class ImapCapabilities
{
    private readonly string _text;
    private readonly HashSet<string> _set;

    private ImapCapabilities(List<string> names)
    {
        _text = string.Join(' ', names);
        _set = new(names, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Reads <c>CAPABILITY name name ...</c>, with or without its first word. What is no atom is left out: the list is passed on to clients.</summary>
    public static ImapCapabilities Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (words is [var first, ..] && first.Equals("CAPABILITY", StringComparison.OrdinalIgnoreCase))
        {
            words.RemoveAt(0);
        }

        words.RemoveAll(word => Encoding.UTF8.GetBytes(word).AsSpan().ContainsAnyExcept(ImapOctets.Atom));
        return new(words);
    }

    /// <summary>True when the server named it, e.g. <c>IDLE</c> or <c>AUTH=PLAIN</c>.</summary>
    public bool Has(string name) => _set.Contains(name);

    /// <summary>The names in the server's order with single spaces between; without the word CAPABILITY.</summary>
    public override string ToString() => _text;
}
