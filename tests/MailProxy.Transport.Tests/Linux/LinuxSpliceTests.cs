namespace MailProxy.Transport.Tests.Linux;

public sealed class LinuxSpliceTests() : SpliceSuite(LinuxTransports.Create);
