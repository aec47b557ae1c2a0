using MailProxy.Directory;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Connections;

namespace MailProxy.Proxy.Submission;

/// <summary>What one submitter may do in a relay session: whose sender address it is, and how much within an hour. A refusal tells nothing but that it is one.</summary>
internal sealed class SubmissionRules(DirectoryUser user, SessionContext session, SessionServices services, SessionDeadline deadline)
{
    private readonly SubmissionOptions _options = services.Settings.Submission;

    /// <summary>Judges MAIL, and counts a message. Null: go on.</summary>
    /// <param name="sender">Reverse path without brackets.</param>
    public async ValueTask<RelayReply?> JudgeSenderAsync(string sender)
    {
        var failure = await MayUseAsync(sender);
        if (failure is null && !await services.Rates.TakeAsync(SubmissionCount.Messages, user.Name, _options.MessagesPerHour))
        {
            failure = (ProxyFailure.SubmissionLimited, $"{_options.MessagesPerHour} messages within an hour (Submission:{nameof(SubmissionOptions.MessagesPerHour)})");
        }

        return await ToldAsync(failure);
    }

    /// <summary>Judges RCPT, and counts a recipient. Null: go on.</summary>
    /// <param name="present">Recipients that the message has.</param>
    public async ValueTask<RelayReply?> JudgeRecipientAsync(int present)
    {
        if (_options.Recipients > 0 && present >= _options.Recipients)
        {
            return new(452, "4.5.3 Too many recipients.");
        }

        return await services.Rates.TakeAsync(SubmissionCount.Recipients, user.Name, _options.RecipientsPerHour)
            ? null
            : await ToldAsync((ProxyFailure.SubmissionLimited, $"{_options.RecipientsPerHour} recipients within an hour (Submission:{nameof(SubmissionOptions.RecipientsPerHour)})"));
    }

    private async ValueTask<(ProxyFailure Failure, string Detail)?> MayUseAsync(string sender)
    {
        if (_options.Sender == SenderRule.Any || sender.Length == 0 || sender.Equals(user.Name, StringComparison.OrdinalIgnoreCase)
            || (_options.Sender == SenderRule.OwnDomain && DomainOf(sender).Equals(DomainOf(user.Name), StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var found = await services.Directory.LookUpAsync(sender, deadline.Token);
        return found.Outcome switch
        {
            LookupOutcome.Found when found.Users.Any(other => other.Name == user.Name) => null,
            LookupOutcome.TemporarilyUnavailable => (ProxyFailure.DirectoryUnavailable, found.Detail),
            _ => (ProxyFailure.SenderNotOwned, $"<{sender}> (Submission:{nameof(SubmissionOptions.Sender)})"),
        };
    }

    private static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..];

    private async ValueTask<RelayReply?> ToldAsync((ProxyFailure Failure, string Detail)? failure)
    {
        await session.Connection.ReturnHomeAsync();
        if (failure is not var (kind, detail))
        {
            return null;
        }

        services.Metrics.Failed(session.Listener.Name, kind);
        SubmissionLog.Refused(services.Logger, FailureTable.Of(kind).Level, session.Listener.Name, user.Name, session.Id, kind, detail);
        return RelayReply.Of(kind);
    }
}
