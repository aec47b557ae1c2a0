using System.Buffers;
using System.Globalization;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Store.Access;
using MailProxy.Store.Engine;

namespace MailProxy.Store.Lmtp;

/// <summary>Sender and recipients of one transaction.</summary>
internal sealed class LmtpEnvelope
{
    private readonly bool _isInternational;

    private LmtpEnvelope(string sender, bool isInternational)
    {
        Sender = sender;
        _isInternational = isInternational;
    }

    /// <summary>The reverse-path without brackets; empty for notifications.</summary>
    public string Sender { get; }

    /// <summary>Canonical names, one for each RCPT that was taken: a name that came twice is there twice and is answered twice.</summary>
    public List<string> Recipients { get; } = [];

    /// <summary>From the argument of MAIL. Null: the reply says why.</summary>
    public static LmtpEnvelope? TryBegin(in ReadOnlySequence<byte> argument, long sizeLimit, out LmtpReply reply)
    {
        var status = SmtpPath.TryParse(argument, SmtpPathKind.Reverse, out var path);
        reply = status switch
        {
            ReadStatus.Done => JudgeParameters(path!, sizeLimit),
            ReadStatus.TooLong => new(501, "5.1.7 The address is too long."),
            _ => new(501, "5.1.7 MAIL takes FROM:<address>."),
        };
        return reply.IsPositive ? new(path!.Address, path.Parameters.ContainsKey("SMTPUTF8")) : null;
    }

    /// <summary>From the argument of RCPT.</summary>
    public LmtpReply Add(in ReadOnlySequence<byte> argument, int recipientLimit, IStoreEngine engine)
    {
        var status = SmtpPath.TryParse(argument, SmtpPathKind.Forward, out var path);
        if (status != ReadStatus.Done)
        {
            return new(501, status == ReadStatus.TooLong ? "5.1.3 The address is too long." : "5.1.3 RCPT takes TO:<address>.");
        }

        if (path!.Parameters.Count > 0)
        {
            // DSN is not offered, so there are none.
            return new(555, $"5.5.4 The parameter {path.Parameters.Keys.First()} is not supported.");
        }

        if (path.NeedsUtf8 && !_isInternational)
        {
            return new(553, "5.6.7 This address needs SMTPUTF8.");
        }

        if (!CanonicalUser.TryParse(path.Address, out var user))
        {
            return new(553, "5.1.3 Recipients are local@domain here.");
        }

        if (Recipients.Count >= recipientLimit)
        {
            return new(452, "4.5.3 Too many recipients.");
        }

        try
        {
            engine.MustServe(user);
        }
        catch (StoreFaultException fault)
        {
            return LmtpMessage.Describe(fault);
        }

        Recipients.Add(user);
        return new(250, "2.1.5 OK");
    }

    private static LmtpReply JudgeParameters(SmtpPath path, long sizeLimit)
    {
        foreach (var (name, value) in path.Parameters)
        {
            var refusal = name switch
            {
                "SIZE" => JudgeSize(value, sizeLimit),
                "BODY" => value.ToUpperInvariant() is "7BIT" or "8BITMIME" ? null : new(501, "5.5.4 BODY has no such value."),
                "SMTPUTF8" => value.Length == 0 ? null : new LmtpReply(501, "5.5.4 SMTPUTF8 has no value."),
                _ => new(555, $"5.5.4 The parameter {name} is not supported."),
            };
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return path.NeedsUtf8 && !path.Parameters.ContainsKey("SMTPUTF8") ? new(553, "5.6.7 This address needs SMTPUTF8.") : new(250, "2.1.0 OK");
    }

    private static LmtpReply? JudgeSize(string value, long sizeLimit)
    {
        // RFC 1870 5: up to 20 digits, which a long does not hold.
        if (value.Length is 0 or > 20 || value.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return new(501, "5.5.4 SIZE has no such value.");
        }

        return !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > sizeLimit ? LmtpMessage.TooLarge(sizeLimit) : null;
    }
}
