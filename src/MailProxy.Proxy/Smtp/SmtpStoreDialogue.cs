using System.Buffers;
using System.Globalization;
using System.Text;
using MailProxy.Protocols.Referrals;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Smtp;

/// <summary>Submission with the store: greeting, EHLO, STARTTLS, XCLIENT when offered, AUTH.</summary>
internal sealed class SmtpStoreDialogue(bool tellClientAddress) : IStoreDialogue
{
    // RFC 4954 4: AUTH with its initial response is a command line like any other (RFC 5321 4.5.3.1.4); a longer response waits for 334.
    private const int CommandLimit = 512;

    // The message, and the answer to an error.
    private const int TurnLimit = 2;

    public async ValueTask<Outcome<StoreWelcome>> LogInAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var opened = await SmtpStoreOpening.OpenAsync(store, leg, "EHLO", tellClientAddress, cancellationToken);
        if (!opened.IsDone)
        {
            return opened.As<StoreWelcome>();
        }

        return await AuthenticateAsync(store, leg, opened.Value, cancellationToken);
    }

    /// <summary>AUTH as the leg's user, on a connection that was opened.</summary>
    internal static async ValueTask<Outcome<StoreWelcome>> AuthenticateAsync(MailWire store, StoreLeg leg, SmtpExtensions offers, CancellationToken cancellationToken)
    {
        if (StoreSaslExchange.MechanismOf(leg.Method, name => IsOffered(offers, name)) is not { } mechanism)
        {
            return Outcome<StoreWelcome>.Failed(ProxyFailure.StoreRefusedLogin, StoreSaslExchange.Lacks(leg));
        }

        var exchange = StoreSaslExchange.Begin(leg, mechanism);
        var reply = await ExchangeAsync(store, exchange, cancellationToken);
        exchange.Forget();
        return reply?.Code switch
        {
            null => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreProtocolError, "no valid answer to AUTH"),
            235 => new StoreWelcome("", "Logged in."),
            550 when UserReferral.OfSmtp(reply.Lines[^1]) is { } referral =>
                Outcome<StoreWelcome>.Failed(new FailureReport(ProxyFailure.StoreReferred, $"AUTH: {reply.Code} {reply.Lines[^1]}", null, null, referral)),
            >= 400 and < 500 => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTemporaryFailure, $"AUTH: {reply.Code} {reply.Lines[^1]}"),
            _ => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreRefusedLogin, $"AUTH: {reply.Code} {reply.Lines[^1]}{exchange.Error}"),
        };
    }

    private static bool IsOffered(SmtpExtensions offers, string mechanism) => offers.Parameters("AUTH")?.Contains(mechanism, StringComparer.OrdinalIgnoreCase) == true;

    // The reply that ends the exchange; null: none that is valid.
    private static async ValueTask<SmtpReply?> ExchangeAsync(MailWire store, StoreSaslExchange exchange, CancellationToken cancellationToken)
    {
        var command = $"AUTH {exchange.Mechanism}";
        var isOneLine = command.Length + 1 + exchange.Length + 2 <= CommandLimit;
        store.Write(command);
        await (isOneLine ? exchange.Say(store.Write(" ")) : store).SendAsync("\r\n", cancellationToken);
        for (var turn = 0; ; turn++)
        {
            var reply = (await SmtpStoreOpening.ReadAsync(store, cancellationToken)).Value?.Reply;
            if (reply is not { Code: 334 } || turn == TurnLimit)
            {
                return reply;
            }

            await exchange.Answer(store, reply.Lines[^1]).SendAsync("\r\n", cancellationToken);
        }
    }
}
