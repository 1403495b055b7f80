; The installer for Windows: for the user alone, without an administrator. It is called with
; -DVERSION=… -DPROGRAM=bellhop.exe -DICON=bellhop.ico -DLICENCES=licences.txt -DOUTPUT=….
Target amd64-unicode ; as the program
SetCompressor /SOLID lzma
SetDateSave off ; the same program makes the same installer
RequestExecutionLevel user
ManifestDPIAware true

!include MUI2.nsh

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Bellhop"

Name "Bellhop"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Bellhop"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
BrandingText "Bellhop ${VERSION}"

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Bellhop"
VIAddVersionKey "FileDescription" "Bellhop's installer"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "The Bellhop maintainers; Apache License 2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\bellhop.exe"
!define MUI_FINISHPAGE_RUN_TEXT "Open Bellhop"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; A program that runs cannot be written over on Windows, so it is asked for until it has quit.
!macro WaitUntilItHasQuit prefix
Function ${prefix}WaitUntilItHasQuit
again:
	IfFileExists "$INSTDIR\bellhop.exe" 0 done
	ClearErrors
	FileOpen $0 "$INSTDIR\bellhop.exe" a
	IfErrors 0 free
	MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Bellhop is running. Quit it in its menu beside the clock, then choose Retry." /SD IDCANCEL IDRETRY again
	SetErrorLevel 2
	Quit
free:
	FileClose $0
done:
FunctionEnd
!macroend
!insertmacro WaitUntilItHasQuit ""
!insertmacro WaitUntilItHasQuit "un."

Section
	Call WaitUntilItHasQuit
	SetOutPath "$INSTDIR"
	File "/oname=bellhop.exe" "${PROGRAM}"
	File "/oname=licences.txt" "${LICENCES}"
	WriteUninstaller "$INSTDIR\uninstall.exe"
	CreateShortcut "$SMPROGRAMS\Bellhop.lnk" "$INSTDIR\bellhop.exe"
	WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Bellhop"
	WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
	WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\bellhop.exe"
	WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Bellhop maintainers"
	WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
	WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
	WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
	WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
	WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

; The data, in %LOCALAPPDATA%\Bellhop, stays.
Section "Uninstall"
	Call un.WaitUntilItHasQuit
	Delete "$INSTDIR\bellhop.exe"
	Delete "$INSTDIR\licences.txt"
	Delete "$INSTDIR\uninstall.exe"
	RMDir "$INSTDIR"
	Delete "$SMPROGRAMS\Bellhop.lnk"
	DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "Bellhop"
	DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "Bellhop"
	DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
