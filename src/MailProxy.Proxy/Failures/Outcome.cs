using System.Diagnostics.CodeAnalysis;
using MailProxy.Directory;
using MailProxy.Protocols.Referrals;

namespace MailProxy.Proxy.Failures;

/// <summary>
/// What a phase returns: the value that the next phase needs, or a failure with a word for the log. Two references, because each method that waits
/// for one keeps room for it.
/// </summary>
internal readonly struct Outcome<T>
    where T : class
{
    private readonly FailureReport? _report;

    private Outcome(T? value, FailureReport? report) => (Value, _report) = (value, report);

    /// <summary>The value; null when the phase failed.</summary>
    public T? Value { get; }

    /// <summary>All that is known of the failure; null when there is a value.</summary>
    public FailureReport? Report => _report;

    /// <summary>Meaningful when <see cref="Value"/> is null.</summary>
    public ProxyFailure Failure => _report?.Failure ?? default;

    /// <summary>For the log, never for the client.</summary>
    public string Detail => _report?.Detail ?? "";

    /// <summary>The store's own words where they are meant for the user (alerts, quota, limits); otherwise null.</summary>
    public string? UserText => _report?.UserText;

    /// <summary>How the directory wants its refusal to be told; null: it does not say.</summary>
    public RefusalWords? Refusal => _report?.Refusal;

    /// <summary>Where the store says that the user lives; null: it does not say.</summary>
    public UserReferral? Referral => _report?.Referral;

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Value is not null;

    /// <summary>The phase has what the next one needs.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>The same, for values that are interfaces.</summary>
    public static Outcome<T> Done(T value) => new(value, null);

    /// <summary>The phase failed.</summary>
    public static Outcome<T> Failed(ProxyFailure failure, string detail = "", string? userText = null) => new(null, new FailureReport(failure, detail, userText));

    /// <summary>The phase failed.</summary>
    internal static Outcome<T> Failed(FailureReport? report) => new(null, report);

    /// <summary>The same failure, for another kind of value.</summary>
    public Outcome<TOther> As<TOther>()
        where TOther : class => Outcome<TOther>.Failed(_report);
}
