using System.Buffers;
using System.Globalization;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Proxy.Relay;

/// <summary>From the arguments of MAIL and RCPT to an envelope, or the reply that says what is wrong with them.</summary>
/// <param name="sizeLimit">Largest message, octets.</param>
/// <param name="options">Which extensions are offered; what is not offered is not taken.</param>
internal sealed class EnvelopeParser(long sizeLimit, RelayOptions options)
{
    /// <summary>MAIL FROM with its parameters.</summary>
    public (RelayEnvelope? Envelope, RelayReply? Refusal) ParseMail(in ReadOnlySequence<byte> argument)
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

        var envelope = new RelayEnvelope(path!.Address, IsEightBit: false, IsInternational: false, DeclaredSize: null);
        foreach (var (name, value) in path.Parameters)
        {
            var (read, refusal) = Read(envelope, name, value);
            if (read is null)
            {
                return (null, refusal);
            }

            envelope = read;
        }

        if (envelope.DeclaredSize > sizeLimit)
        {
            return (null, new(552, $"5.3.4 The message is larger than {sizeLimit} octets."));
        }

        return path.NeedsUtf8 && !envelope.IsInternational ? (null, new(553, "5.6.7 This address needs SMTPUTF8.")) : (envelope, null);
    }

    /// <summary>RCPT TO with its parameters.</summary>
    public (RecipientCommand? Recipient, RelayReply? Refusal) ParseRecipient(in ReadOnlySequence<byte> argument)
    {
        switch (SmtpPath.TryParse(argument, SmtpPathKind.Forward, out var path))
        {
            case ReadStatus.Done:
                break;
            case ReadStatus.TooLong:
                return (null, new(501, "5.1.3 The address is too long."));
            default:
                return (null, new(501, "5.1.3 RCPT takes TO:<address>."));
        }

        var recipient = new RecipientCommand(path!.Address);
        foreach (var (name, value) in path.Parameters)
        {
            switch (name)
            {
                case "NOTIFY" when options.OfferDsn && DsnParameters.Notify(value) is { } notify:
                    recipient = recipient with { Notify = notify };
                    break;
                case "ORCPT" when options.OfferDsn && DsnParameters.IsOriginalRecipient(value):
                    recipient = recipient with { OriginalRecipient = value };
                    break;
                case "NOTIFY" or "ORCPT" when options.OfferDsn:
                    return (null, NoSuchValue(name));
                default:
                    return (null, NotSupported(name));
            }
        }

        return (recipient, null);
    }

    private (RelayEnvelope? Envelope, RelayReply? Refusal) Read(RelayEnvelope envelope, string name, string value)
    {
        switch (name)
        {
            case "SIZE" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var octets):
                return (envelope with { DeclaredSize = octets }, null);
            case "BODY":
                return value.ToUpperInvariant() switch
                {
                    "7BIT" => (envelope, null),
                    "8BITMIME" => (envelope with { IsEightBit = true }, null),
                    "BINARYMIME" when options.OfferBinaryMime => (envelope with { IsBinary = true }, null),
                    _ => (null, NoSuchValue(name)),
                };
            case "SMTPUTF8" when value.Length == 0:
                return (envelope with { IsInternational = true }, null);
            case "RET" when options.OfferDsn && DsnParameters.Return(value) is { } what:
                return (envelope with { Return = what }, null);
            case "ENVID" when options.OfferDsn && DsnParameters.IsEnvelopeId(value):
                return (envelope with { EnvelopeId = value }, null);

            // RFC 4954 5: AUTH= names who submitted it first; nobody here is trusted to say so.
            case "AUTH":
                return (envelope, null);
            case "SIZE" or "SMTPUTF8":
            case "RET" or "ENVID" when options.OfferDsn:
                return (null, NoSuchValue(name));
            default:
                return (null, NotSupported(name));
        }
    }

    private static RelayReply NoSuchValue(string name) => new(501, $"5.5.4 {name} has no such value.");

    private static RelayReply NotSupported(string name) => new(555, $"5.5.4 The parameter {name} is not supported.");
}
