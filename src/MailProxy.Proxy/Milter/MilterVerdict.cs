using System.Globalization;
using MailProxy.Protocols.Milter;
using MailProxy.Proxy.Relay;

namespace MailProxy.Proxy.Milter;

/// <summary>A milter's answer to a step.</summary>
/// <param name="Refusal">What the client hears; null: it goes on.</param>
/// <param name="IsDiscard">The message is to be taken and thrown away.</param>
internal readonly record struct MilterVerdict(RelayReply? Refusal, bool IsDiscard)
{
    private const int LongestText = 400;

    /// <summary>It goes on.</summary>
    public static MilterVerdict GoOn => default;

    /// <summary>It is taken and thrown away.</summary>
    public static MilterVerdict Discard => new(null, true);

    /// <summary>It is refused.</summary>
    public static MilterVerdict Refuse(RelayReply reply) => new(reply, false);

    /// <summary>From what a milter said.</summary>
    public static MilterVerdict Of(MilterReply reply) => reply.Verb switch
    {
        MilterVerb.Reject => Refuse(new(550, "5.7.1 Rejected by a filter of this server.")),
        MilterVerb.TemporaryFailure => Refuse(new(451, "4.7.1 A filter of this server asks to try again later.")),
        MilterVerb.ReplyCode => Refuse(OfWords(reply.Text)),
        MilterVerb.Discard => Discard,
        _ => GoOn,
    };

    // "550 5.7.1 text", lines "550-..." before it. A 421 would be ours to say: it ends the session, which is no filter's affair.
    private static RelayReply OfWords(string words)
    {
        var lines = words.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var text = string.Join(' ', lines.Select(line => line.Length > 4 ? line[4..].Trim() : ""));
        var isCode = int.TryParse(words.AsSpan(0, Math.Min(3, words.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 400 and < 600;
        text = string.Concat(text.Where(character => character is >= ' ' and <= '~')).Trim();
        text = text.Length > LongestText ? text[..LongestText] : text;
        return !isCode ? new(550, "5.7.1 Rejected by a filter of this server.")
            : new(code == 421 ? 451 : code, text.Length > 0 ? text : code < 500 ? "4.7.1 Try again later." : "5.7.1 Rejected.");
    }
}
