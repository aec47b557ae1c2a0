using System.Text;
using MailProxy.Protocols.Smtp;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class SmtpPathTests
{
    [Theory]
    [InlineData("FROM:<>", SmtpPathKind.Reverse, "")]
    [InlineData("from:<a@b>", SmtpPathKind.Reverse, "a@b")]
    [InlineData("FROM: <a@b.example>", SmtpPathKind.Reverse, "a@b.example")]
    [InlineData("TO:<Postmaster>", SmtpPathKind.Forward, "Postmaster")]
    [InlineData("TO:<a.b+c=d@x-1.example>", SmtpPathKind.Forward, "a.b+c=d@x-1.example")]
    [InlineData("TO:<@r1.example,@r2:bob@x.example>", SmtpPathKind.Forward, "bob@x.example")]
    [InlineData("TO:<\"bob\"@x>", SmtpPathKind.Forward, "bob@x")]
    [InlineData("TO:<\"b\\ob\"@x>", SmtpPathKind.Forward, "bob@x")]
    [InlineData("TO:<\"a b\"@x>", SmtpPathKind.Forward, "\"a b\"@x")]
    [InlineData("TO:<\"a>b@c\\\"\\\\\"@x>", SmtpPathKind.Forward, "\"a>b@c\\\"\\\\\"@x")]
    [InlineData("TO:<\"\"@x>", SmtpPathKind.Forward, "\"\"@x")]
    [InlineData("TO:<a@[192.0.2.1]>", SmtpPathKind.Forward, "a@[192.0.2.1]")]
    [InlineData("TO:<a@[IPv6:2001:db8::1]>", SmtpPathKind.Forward, "a@[IPv6:2001:db8::1]")]
    [InlineData("TO:<a@under_score.example>", SmtpPathKind.Forward, "a@under_score.example")]
    [InlineData("TO:<δοκιμή@παράδειγμα.example>", SmtpPathKind.Forward, "δοκιμή@παράδειγμα.example")]
    public void A_path_is_read(string argument, SmtpPathKind kind, string address)
    {
        foreach (var buffer in Cuts.Of(Encoding.UTF8.GetBytes(argument)))
        {
            Assert.Equal(ReadStatus.Done, SmtpPath.TryParse(buffer, kind, out var path));
            Assert.Equal(address, path!.Address);
            Assert.Empty(path.Parameters);
            Assert.Equal(address.Contains('δ', StringComparison.Ordinal), path.NeedsUtf8);
        }
    }

    [Theory]
    [InlineData("FROM:a@b")]
    [InlineData("FROM:<a@b")]
    [InlineData("FROM:<a@b>SIZE=1")]
    [InlineData("FROM:<a>")]
    [InlineData("FROM:<@b>")]
    [InlineData("FROM:<a@>")]
    [InlineData("FROM:<a@b@c>")]
    [InlineData("FROM:<a..b@c>")]
    [InlineData("FROM:<.a@c>")]
    [InlineData("FROM:<a@b..c>")]
    [InlineData("FROM:<a@-b>")]
    [InlineData("FROM:<a@b.>")]
    [InlineData("FROM:<a b@c>")]
    [InlineData("FROM:< a@c>")]
    [InlineData("FROM:<a,b@c>")]
    [InlineData("FROM:<<a@b>>")]
    [InlineData("FROM:<\"a@b>")]
    [InlineData("FROM:<\"a\"b@c>")]
    [InlineData("FROM:<\"a\\\"@c>")]
    [InlineData("FROM:<\"a\tb\"@c>")]
    [InlineData("FROM:<a\tb@c>")]
    [InlineData("FROM:<@r1.example a@b>")]
    [InlineData("FROM:<@r1..x:a@b>")]
    [InlineData("FROM:<@r1.example:>")]
    [InlineData("FROM:<a@[1.2.3]>")]
    [InlineData("FROM:<a@[1.2.3.256]>")]
    [InlineData("FROM:<a@[IPv6:::1%1]>")]
    [InlineData("FROM:<a@[x]>")]
    [InlineData("FROM:<a@[]>")]
    [InlineData("FROM:<Postmaster>")]
    [InlineData("FROM:<a\xC2\x85@b>")]
    [InlineData("FROM:<a\xFF@b>")]
    [InlineData("TO:<a@b>")]
    [InlineData("")]
    public void What_is_no_path_is_malformed(string argument)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(argument)))
        {
            Assert.Equal(ReadStatus.Malformed, SmtpPath.TryParse(buffer, SmtpPathKind.Reverse, out var path));
            Assert.Null(path);
        }
    }

    [Fact]
    public void A_recipient_is_never_null() =>
        Assert.Equal(ReadStatus.Malformed, SmtpPath.TryParse(new("TO:<>"u8.ToArray()), SmtpPathKind.Forward, out _));

    [Fact]
    public void Parameters_are_read_by_upper_case_keyword()
    {
        foreach (var buffer in Cuts.Of("FROM:<a@b> size=100  BODY=8BITMIME SMTPUTF8 AUTH=<> x-y=+3D"u8.ToArray()))
        {
            Assert.Equal(ReadStatus.Done, SmtpPath.TryParse(buffer, SmtpPathKind.Reverse, out var path));
            Assert.Equal(
                new Dictionary<string, string> { ["SIZE"] = "100", ["BODY"] = "8BITMIME", ["SMTPUTF8"] = "", ["AUTH"] = "<>", ["X-Y"] = "+3D" },
                path!.Parameters);
        }
    }

    [Theory]
    [InlineData("SIZE=1 SIZE=2")]
    [InlineData("SIZE=1 size=1")]
    [InlineData("SIZE=")]
    [InlineData("=1")]
    [InlineData("A=b=c")]
    [InlineData("-A=b")]
    [InlineData("A_B=c")]
    [InlineData("A=b\tc")]
    [InlineData("A=\x7f")]
    [InlineData("A=\xFF")]
    public void A_parameter_that_is_none_makes_the_command_malformed(string parameters) =>
        Assert.Equal(ReadStatus.Malformed, SmtpPath.TryParse(new(Cuts.Octets("FROM:<a@b> " + parameters)), SmtpPathKind.Reverse, out _));

    [Theory]
    [InlineData(SmtpPathKind.Forward, 64, 63, ReadStatus.Done)]
    [InlineData(SmtpPathKind.Forward, 65, 63, ReadStatus.TooLong)]
    [InlineData(SmtpPathKind.Reverse, 65, 63, ReadStatus.Done)]
    [InlineData(SmtpPathKind.Reverse, 65, 64, ReadStatus.Malformed)]
    [InlineData(SmtpPathKind.Reverse, 252, 1, ReadStatus.Done)]
    [InlineData(SmtpPathKind.Reverse, 253, 1, ReadStatus.TooLong)]
    public void Limits_of_4_5_3_1_hold(SmtpPathKind kind, int local, int label, ReadStatus expected)
    {
        var argument = $"{(kind == SmtpPathKind.Reverse ? "FROM" : "TO")}:<{new string('l', local)}@{new string('d', label)}>";
        Assert.Equal(expected, SmtpPath.TryParse(new(Cuts.Octets(argument)), kind, out _));
    }
}
