using System.Buffers;
using System.Text;
using MailProxy.Protocols.Milter;
using MailProxy.Proxy.Relay;

namespace MailProxy.Proxy.Milter;

/// <summary>Sender and recipients as milters change them, one after the other. What is no address is not taken.</summary>
internal sealed class EditedEnvelope(RelayEnvelope envelope, IEnumerable<string> recipients)
{
    private static readonly EnvelopeParser Parser = new(long.MaxValue, new RelayOptions());

    private readonly List<string> _recipients = [.. recipients];
    private readonly HashSet<string> _added = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What MAIL says by now.</summary>
    public RelayEnvelope Envelope { get; private set; } = envelope;

    /// <summary>Who gets it by now.</summary>
    public IReadOnlyList<string> Recipients => _recipients;

    /// <summary>Something was changed.</summary>
    public bool IsEdited { get; private set; }

    /// <summary>The recipient is a milter's, not the sender's.</summary>
    public bool IsAdded(string address) => _added.Contains(address);

    /// <summary>Applies what a milter said of the envelope; other verbs do nothing here.</summary>
    public void Apply(MilterReply change)
    {
        switch (change.Verb)
        {
            case MilterVerb.ChangeFrom when Parser.ParseMail(Argument("FROM", change.Text)) is { Envelope: { } changed }:
                Envelope = Envelope with { Sender = changed.Sender };
                break;
            case MilterVerb.AddRecipient or MilterVerb.AddRecipientWithParameters when Parser.ParseRecipient(Argument("TO", change.Text)) is { Recipient.Address: { } address }:
                if (_recipients.Contains(address, StringComparer.OrdinalIgnoreCase))
                {
                    return;
                }

                _recipients.Add(address);
                _added.Add(address);
                break;
            case MilterVerb.DeleteRecipient when Parser.ParseRecipient(Argument("TO", change.Text)) is { Recipient.Address: { } address }:
                if (_recipients.RemoveAll(recipient => recipient.Equals(address, StringComparison.OrdinalIgnoreCase)) == 0)
                {
                    return;
                }

                break;
            default:
                return;
        }

        IsEdited = true;
    }

    // Milters give addresses with their brackets or without.
    private static ReadOnlySequence<byte> Argument(string what, string address) =>
        new([.. Encoding.ASCII.GetBytes(what + ":<"), .. Encoding.Latin1.GetBytes(address.Trim().TrimStart('<').TrimEnd('>')), (byte)'>']);
}
