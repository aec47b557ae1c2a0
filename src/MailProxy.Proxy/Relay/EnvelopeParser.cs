using System.Buffers;
using System.Globalization;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Proxy.Relay;

/// <summary>From the arguments of MAIL and RCPT to an envelope, or the reply that says what is wrong with them.</summary>
internal static class EnvelopeParser
{
    /// <summary>MAIL FROM with its parameters.</summary>
    public static (RelayEnvelope? Envelope, RelayReply? Refusal) ParseMail(in ReadOnlySequence<byte> argument, long sizeLimit)
    {
        switch (SmtpPath.TryParse(argument, SmtpPathKind.Reverse, out var path))
        {
            case ReadStatus.Done:
                break;
            case ReadStatus.TooLong:
                return (null, new(501, "5.1.7 The address is too long."));
            default:
                return (null, new(501, "5.1.7 MAIL takes FROM:<address>."));
        }

        bool isEightBit = false, isInternational = false;
        long? size = null;
        foreach (var (name, value) in path!.Parameters)
        {
            switch (name)
            {
                case "SIZE" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var octets):
                    size = octets;
                    break;
                case "BODY" when value.ToUpperInvariant() is "7BIT" or "8BITMIME":
                    isEightBit = value.Length > 4;
                    break;
                case "SMTPUTF8" when value.Length == 0:
                    isInternational = true;
                    break;

                // RFC 4954 5: AUTH= names who submitted it first; nobody here is trusted to say so.
                case "AUTH":
                    break;
                case "SIZE" or "BODY" or "SMTPUTF8":
                    return (null, new(501, $"5.5.4 {name} has no such value."));
                default:
                    return (null, new(555, $"5.5.4 The parameter {name} is not supported."));
            }
        }

        if (size > sizeLimit)
        {
            return (null, new(552, $"5.3.4 The message is larger than {sizeLimit} octets."));
        }

        return path.NeedsUtf8 && !isInternational
            ? (null, new(553, "5.6.7 This address needs SMTPUTF8."))
            : (new RelayEnvelope(path.Address, isEightBit, isInternational, size), null);
    }

    /// <summary>RCPT TO. It has no parameters, because DSN is not offered.</summary>
    public static (string? Address, RelayReply? Refusal) ParseRecipient(in ReadOnlySequence<byte> argument) =>
        SmtpPath.TryParse(argument, SmtpPathKind.Forward, out var path) switch
        {
            ReadStatus.Done when path!.Parameters.Count > 0 => (null, new(555, $"5.5.4 The parameter {path.Parameters.Keys.First()} is not supported.")),
            ReadStatus.Done => (path!.Address, null),
            ReadStatus.TooLong => (null, new(501, "5.1.3 The address is too long.")),
            _ => (null, new(501, "5.1.3 RCPT takes TO:<address>.")),
        };
}
