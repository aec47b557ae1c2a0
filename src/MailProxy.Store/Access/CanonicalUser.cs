using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Store.Access;

/// <summary>User names as the store knows them: <c>local@domain</c>, lower case, of RFC 5321's grammar, so without control characters.</summary>
internal static class CanonicalUser
{
    /// <summary>False when the name is none; nothing of it may be used then.</summary>
    public static bool TryParse(ReadOnlySpan<byte> name, out string user)
    {
        var isMailbox = SmtpPath.TryParseMailbox(name, out var address) == ReadStatus.Done;
        user = isMailbox ? address.ToLowerInvariant() : "";
        return isMailbox;
    }

    /// <summary>The same for a name that is text already.</summary>
    public static bool TryParse(string name, out string user) => TryParse(Encoding.UTF8.GetBytes(name), out user);
}
