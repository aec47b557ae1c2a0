using System.Diagnostics.CodeAnalysis;

namespace MailProxy.Proxy.Failures;

/// <summary>What a phase returns: the value that the next phase needs, or a failure with a word for the log.</summary>
internal readonly struct Outcome<T>
    where T : class
{
    private Outcome(T? value, ProxyFailure failure, string detail, string? userText)
    {
        Value = value;
        Failure = failure;
        Detail = detail;
        UserText = userText;
    }

    /// <summary>The value; null when the phase failed.</summary>
    public T? Value { get; }

    /// <summary>Meaningful when <see cref="Value"/> is null.</summary>
    public ProxyFailure Failure { get; }

    /// <summary>For the log, never for the client.</summary>
    public string Detail { get; }

    /// <summary>The store's own words where they are meant for the user (alerts, quota, limits); otherwise null.</summary>
    public string? UserText { get; }

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Value is not null;

    /// <summary>The phase has what the next one needs.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, default, "", null);

    /// <summary>The phase failed.</summary>
    public static Outcome<T> Failed(ProxyFailure failure, string detail = "", string? userText = null) => new(null, failure, detail, userText);

    /// <summary>The same failure, for another kind of value.</summary>
    public Outcome<TOther> As<TOther>()
        where TOther : class => Outcome<TOther>.Failed(Failure, Detail, UserText);
}
