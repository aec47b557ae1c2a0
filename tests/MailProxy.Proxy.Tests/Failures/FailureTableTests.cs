using System.Text.RegularExpressions;
using MailProxy.Proxy.Failures;
using Xunit;

namespace MailProxy.Proxy.Tests.Failures;

public sealed partial class FailureTableTests
{
    public static TheoryData<ProxyFailure> All => [.. Enum.GetValues<ProxyFailure>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_failure_has_a_text_for_every_protocol_and_a_label(ProxyFailure failure)
    {
        var row = FailureTable.Of(failure);
        Assert.Matches(SmtpStatus(), row.SmtpAuth);
        Assert.Matches(SmtpStatus(), row.SmtpRecipient);
        Assert.Matches(Label(), row.Metric);
        Assert.NotEmpty(row.Text);
    }

    [Fact]
    public void Every_failure_has_a_label_of_its_own() =>
        Assert.Equal(Enum.GetValues<ProxyFailure>().Length, Enum.GetValues<ProxyFailure>().Select(failure => FailureTable.Of(failure).Metric).Distinct().Count());

    [Theory]
    [InlineData(ProxyFailure.DirectoryUnavailable)]
    [InlineData(ProxyFailure.NoRoute)]
    [InlineData(ProxyFailure.StoreUnreachable)]
    [InlineData(ProxyFailure.StoreTimeout)]
    [InlineData(ProxyFailure.StoreTlsFailed)]
    [InlineData(ProxyFailure.StoreProtocolError)]
    [InlineData(ProxyFailure.StoreTemporaryFailure)]
    [InlineData(ProxyFailure.StoreRefusedLogin)]
    public void A_temporary_fault_never_looks_like_a_wrong_password(ProxyFailure failure)
    {
        var row = FailureTable.Of(failure);
        Assert.Equal("[UNAVAILABLE]", row.Imap);
        Assert.Equal("[SYS/TEMP]", row.Pop3);
        Assert.Equal("454 4.7.0", row.SmtpAuth);
        Assert.StartsWith("451 4.4.", row.SmtpRecipient, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^[245]\d\d [245]\.\d\.\d+$")]
    private static partial Regex SmtpStatus();

    [GeneratedRegex("^[a-z0-9_]+$")]
    private static partial Regex Label();
}
