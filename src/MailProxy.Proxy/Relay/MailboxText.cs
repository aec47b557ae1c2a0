using System.Text;

namespace MailProxy.Proxy.Relay;

/// <summary>Writes a canonical user name as the mailbox of a RCPT command (RFC 5321 4.1.2).</summary>
internal static class MailboxText
{
    private const string AtomMarks = "!#$%&'*+-/=?^_`{|}~";

    /// <summary>The name itself, its local part quoted where it is no dot-string: what a directory allows must not become syntax.</summary>
    public static string Of(string user)
    {
        var at = user.LastIndexOf('@');
        var local = at < 0 ? user : user[..at];
        return IsDotString(local) || local.StartsWith('"') ? user : $"\"{Escape(local)}\"{user[local.Length..]}";
    }

    private static bool IsDotString(string local) =>
        Array.TrueForAll(local.Split('.'), atom => atom.Length > 0 && atom.All(c => char.IsAsciiLetterOrDigit(c) || c > '\u007f' || AtomMarks.Contains(c, StringComparison.Ordinal)));

    private static string Escape(string local)
    {
        var text = new StringBuilder();
        foreach (var character in local)
        {
            text.Append(character is '"' or '\\' ? "\\" : "").Append(character);
        }

        return text.ToString();
    }
}
