using System.Text;

namespace MailProxy.Store.Engine.Files.State;

/// <summary>Mailbox names: UTF-8, levels divided by <c>/</c>, the first level INBOX in any case.</summary>
internal static class MailboxName
{
    /// <summary>RFC 9051 5.1.</summary>
    public const string Inbox = "INBOX";

    // The seam's figure; Dovecot stops at 255 characters, Cyrus at 490 octets.
    private const int MaxOctets = 500;

    // Deeper trees are accidents of a client that loops; Exchange allows 300, Gmail 225 characters in all.
    private const int MaxLevels = 32;

    /// <summary>Brings a name into its one form. A separator at the end only says that children are to follow (RFC 9051 6.3.4).</summary>
    /// <returns>False when the name is empty or too long, has an empty level, too many levels, a control character or half a surrogate pair.</returns>
    public static bool TryNormalize(string name, out string normal)
    {
        normal = name.EndsWith('/') ? name[..^1] : name;
        string[] levels = normal.Split('/');
        if (levels.Length > MaxLevels
            || levels.Any(level => level.Length == 0)
            || normal.Any(char.IsControl)
            || !IsWellFormed(normal)
            || Encoding.UTF8.GetByteCount(normal) > MaxOctets)
        {
            return false;
        }

        if (levels[0].Equals(Inbox, StringComparison.OrdinalIgnoreCase))
        {
            normal = Inbox + normal[Inbox.Length..];
        }

        return true;
    }

    /// <summary>Whether <paramref name="name"/> is somewhere below <paramref name="parent"/>.</summary>
    public static bool IsBelow(string name, string parent)
        => name.Length > parent.Length && name[parent.Length] == '/' && name.StartsWith(parent, StringComparison.Ordinal);

    /// <summary>The names above, outermost first.</summary>
    public static IEnumerable<string> Parents(string name)
    {
        for (int at = name.IndexOf('/', StringComparison.Ordinal); at >= 0; at = name.IndexOf('/', at + 1))
        {
            yield return name[..at];
        }
    }

    private static bool IsWellFormed(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && !(i + 1 < name.Length && char.IsSurrogatePair(name[i], name[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
