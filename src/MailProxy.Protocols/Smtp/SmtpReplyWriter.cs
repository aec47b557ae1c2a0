using System.Globalization;
using System.Text;

namespace MailProxy.Protocols.Smtp;

/// <summary>Writes replies (RFC 5321 4.2.1): every line but the last has a dash behind its code.</summary>
public static class SmtpReplyWriter
{
    /// <summary>The reply with its CRLFs. No lines: one line without text. Control characters in a text, which may be a peer's, become <c>?</c>: a reply can never hold another.</summary>
    public static string Format(int code, IReadOnlyList<string> lines)
    {
        var reply = new StringBuilder();
        for (var index = 0; index < Math.Max(1, lines.Count); index++)
        {
            reply.Append(CultureInfo.InvariantCulture, $"{code:000}").Append(index < lines.Count - 1 ? '-' : ' ');
            foreach (var character in lines.Count == 0 ? "" : lines[index])
            {
                reply.Append(char.IsControl(character) ? '?' : character);
            }

            reply.Append("\r\n");
        }

        return reply.ToString();
    }
}
